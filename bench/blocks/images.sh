#!/bin/bash
# images.sh FOLDER: builds the disks of `npm run bench -- blocks`, the same bytes every time, unless they are there (about 3 minutes, 4 GB).
#   A.raw        Debian 12 server on ext4, 8 GiB, 1.07 GB of it allocated
#   B.raw        A after an installation of two packages in place, as an instance would do it
#   C.raw        an independent build with other packages
#   A.dense.raw  A's allocated bytes alone: a disk without holes
set -euo pipefail
data=$1
work=$data/work
mkdir -p "$work/packages"
export SOURCE_DATE_EPOCH=1735689600 E2FSPROGS_FAKE_TIME=1735689600 LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive TMPDIR="$work"

base=linux-image-cloud-amd64,openssh-server,python3,cloud-init,systemd-sysv,udev,netbase,iproute2,ifupdown,isc-dhcp-client,ca-certificates,curl
base+=,sudo,vim-tiny,less,locales,gnupg,rsyslog,cron,git,perl,initramfs-tools
packages_a=$base,apache2,php-cli,python3-pip,python3-numpy,build-essential,mariadb-client
packages_c=$base,nodejs,redis-server,postgresql,golang-go,nginx
added_b=(nginx-light postgresql-client)

hooks=(--setup-hook='mkdir -p "$1"/var/cache/apt/archives/'
  --setup-hook="sync-in $work/packages /var/cache/apt/archives/"
  --customize-hook="sync-out /var/cache/apt/archives $work/packages"
  --customize-hook='rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*'
  --customize-hook='echo bench > "$1"/etc/hostname; : > "$1"/etc/machine-id')

build() { # NAME PACKAGES DIGIT
  [ ! -s "$data/$1.raw" ] || return 0
  local uuid=11111111-2222-3333-4444-55555555555$3
  mmdebstrap --mode=root --variant=minbase --skip=download/empty --skip=essential/unlink "${hooks[@]}" --include="$2" bookworm "$work/root-$1"
  truncate -s 8G "$work/$1.raw"
  mke2fs -q -t ext4 -U "$uuid" -E "hash_seed=$uuid,lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0" -L "root-$1" -d "$work/root-$1" "$work/$1.raw"
  fallocate -d "$work/$1.raw"
  mv "$work/$1.raw" "$data/$1.raw"
  rm -rf "$work/root-$1"
}

change() { # A → B
  [ ! -s "$data/B.raw" ] || return 0
  local root=$work/mounted
  cp --sparse=always "$data/A.raw" "$work/B.raw"
  mkdir -p "$root"
  mount -o loop,discard "$work/B.raw" "$root"
  trap 'umount -R "$root"' EXIT
  mkdir -p "$root/var/cache/apt/archives"
  mount --bind "$work/packages" "$root/var/cache/apt/archives"
  mount -t tmpfs none "$root/var/lib/apt/lists"
  mount -t proc proc "$root/proc"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  chroot "$root" sh -c "apt-get -q update && apt-get -q -y --no-install-recommends install ${added_b[*]}"
  rm -f "$root/usr/sbin/policy-rc.d"
  trap - EXIT
  umount -R "$root"
  e2fsck -fy "$work/B.raw" >/dev/null || true
  fallocate -d "$work/B.raw"
  mv "$work/B.raw" "$data/B.raw"
}

dense() {
  [ ! -s "$data/A.dense.raw" ] || return 0
  qemu-img map --output=json -f raw "$data/A.raw" |
    python3 -c 'import json,sys
for extent in json.load(sys.stdin):
    if extent["data"]: print(extent["start"], extent["length"])' |
    while read -r start length; do
      dd if="$data/A.raw" bs=1M iflag=skip_bytes,count_bytes skip="$start" count="$length" status=none
    done >"$work/A.dense.raw"
  mv "$work/A.dense.raw" "$data/A.dense.raw"
}

build A "$packages_a" 1
build C "$packages_c" 3
change
dense
rm -rf "$work"
