# What every recipe needs: packages fetched into a cache without installing them, and a bootable disk made without
# root, mounts or loop devices. Sourced by the `build` scripts; the caller sets `cache` (a folder).

export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
# One moment for every timestamp in the image, so that the same packages give the same image.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH
filesystem_uuid=616d6974-7900-4000-8000-000000000001

say() { printf '%s\n' "$*"; }
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# need TOOL=PACKAGE …: stops with the command that installs what is missing.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} = 0 ] || die "Missing tools: run \`apt-get install --no-install-recommends ${missing[*]}\` as root first."
}

# apt with the machine's own package lists, or with lists kept in the cache where those are absent or stale.
apt_options=(-o APT::Sandbox::User=root -o Dpkg::Use-Pty=0)
use_private_lists() {
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
  apt_options+=(-o "Dir::State::Lists=$cache/apt/lists" -o "Dir::Cache=$cache/apt")
  say 'Fetching package lists'
  apt-get "${apt_options[@]}" -qq update ||
    die 'The package lists could not be fetched: check the network and /etc/apt/sources.list, then try again.'
}

# The package that the metapackage linux-image-cloud-amd64 stands for now.
resolve_kernel() { apt-cache "${apt_options[@]}" depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1; }

# fetch PACKAGE …: leaves the paths of their verified .deb files in the array `debs`. What the cache has is not fetched again.
fetch() {
  local list line file size missing=() folder
  list=$(apt-get "${apt_options[@]}" -qq download --print-uris "$@") || return 1
  debs=()
  while read -r line; do
    read -r _ file size _ <<<"$line"
    debs+=("$cache/$file")
    [ -f "$cache/$file" ] && [ "$(stat -c %s "$cache/$file")" = "$size" ] || missing+=("${file%%_*}")
  done <<<"$list"
  [ ${#missing[@]} = 0 ] && return 0
  say "Downloading ${missing[*]}"
  # A folder of its own and a rename: an interrupted download never looks complete.
  folder=$(mktemp -d "$cache/download.XXXXXX")
  (cd "$folder" && apt-get "${apt_options[@]}" -qq download "${missing[@]}") && mv "$folder"/*.deb "$cache/"
  local result=$?
  rm -rf "$folder"
  return $result
}

# make_filesystem TREE FILE MIB: an ext4 file system that holds TREE. All inode tables are written now, as zeroes, so that
# the guest's kernel does not write them at its first boot into every instance's volume.
make_filesystem() {
  rm -f "$2"
  truncate -s "${3}M" "$2"
  mke2fs -q -t ext4 -L rootfs -U $filesystem_uuid -m 0 -O '^orphan_file,^metadata_csum_seed' \
    -E "root_owner=0:0,hash_seed=$filesystem_uuid,lazy_itable_init=0,lazy_journal_init=0,nodiscard" \
    "${mke2fs_options[@]}" -d "$1" -F "$2"
}

# make_disk FILESYSTEM FILE MIB: a disk with one partition at 1 MiB and GRUB in the gap before it. boot.img loads the sectors
# that follow it, so the core image needs no installer; an empty drive in its prefix means the drive it was booted from.
make_disk() {
  local work core
  work=$(mktemp -d)
  core=$work/core.img
  grub-mkimage -O i386-pc -o "$core" -p '(,msdos1)/boot/grub' biosdisk part_msdos ext2 normal linux serial terminal
  [ "$(stat -c %s "$core")" -lt $((2047 * 512)) ] || die "GRUB's core image does not fit before the first partition."
  rm -f "$2"
  truncate -s "$((1 + $3))M" "$2"
  printf 'label: dos\nlabel-id: 0x616d6974\n2048,,L,*\n' | sfdisk -q "$2"
  dd if="$1" of="$2" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if=/usr/lib/grub/i386-pc/boot.img of="$2" bs=440 count=1 conv=notrunc status=none
  dd if="$core" of="$2" bs=512 seek=1 conv=notrunc status=none
  rm -rf "$work"
}

# grub_menu KERNEL INITRD: no menu and no waiting; the console is the serial port.
grub_menu() {
  cat <<END
serial --unit=0 --speed=115200
terminal_output serial
linux $1 root=UUID=$filesystem_uuid ro console=tty0 console=ttyS0,115200n8 nvme_core.io_timeout=4294967295 net.ifnames=0 quiet
initrd $2
boot
END
}
