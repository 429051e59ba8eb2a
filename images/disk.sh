# A bootable disk, made without root, mounts or loop devices; sourced by `common.sh`.

filesystem_uuid=616d6974-7900-4000-8000-000000000001
disk_uuid=616d6974-7900-4000-8000-000000000002
bios_boot_at=1 esp_at=2 esp_size=10 # MiB; the BIOS boot partition ends where the EFI system partition begins

need_disk_tools() {
  need mke2fs=e2fsprogs sfdisk=fdisk grub-mkimage=grub-common
  ! boots_uefi || need mkfs.fat=dosfstools mcopy=mtools
  ! boots_bios || [ -f /usr/lib/grub/i386-pc/boot.img ] ||
    die 'Missing GRUB: run `apt-get install --no-install-recommends grub-pc-bin` as root first.'
}

# Where the root file system begins, and what is left for it of a disk of so many MiB. It is partition 1 and the last on
# the disk, so that it can grow with its volume.
root_at() { if boots_uefi; then echo $((esp_at + esp_size)); else echo 1; fi; }
root_size() { if boots_uefi; then echo $(($1 - $(root_at) - 1)); else echo $(($1 - 1)); fi; }

# make_filesystem TREE FILE MIB: an ext4 file system that holds TREE. All inode tables are written now, as zeroes, so that
# the guest's kernel does not write them at its first boot into every instance's volume.
make_filesystem() {
  rm -f "$2"
  truncate -s "${3}M" "$2"
  mke2fs -q -t ext4 -L rootfs -U $filesystem_uuid -m 0 -O '^orphan_file,^metadata_csum_seed' \
    -E "root_owner=0:0,hash_seed=$filesystem_uuid,lazy_itable_init=0,lazy_journal_init=0,nodiscard" \
    "${mke2fs_options[@]}" -d "$1" -F "$2"
}

# make_disk FILESYSTEM FILE MIB: a disk of so many MiB with that root file system and GRUB, for the image's boot mode.
make_disk() {
  local work
  work=$(mktemp -d)
  rm -f "$2"
  truncate -s "${3}M" "$2"
  if boots_uefi; then
    gpt_table | sfdisk -q "$2"
    make_esp "$work"
    dd if="$work/esp" of="$2" bs=1M seek=$esp_at conv=notrunc,sparse status=none
    ! boots_bios || gpt_bios_boot "$work" "$2"
  else
    printf 'label: dos\nlabel-id: 0x616d6974\n2048,,L,*\n' | sfdisk -q "$2"
    mbr_bios_boot "$work" "$2"
  fi
  dd if="$1" of="$2" bs=1M seek="$(root_at)" conv=notrunc,sparse status=none
  rm -rf "$work"
}

gpt_table() {
  local sectors=2048 # of a MiB
  printf 'label: gpt\nlabel-id: %s\n' $disk_uuid
  ! boots_bios || printf 'disk14 : start=%s, size=%s, type=21686148-6449-6E6F-744E-656564454649, uuid=%s\n' \
    $((bios_boot_at * sectors)) $(((esp_at - bios_boot_at) * sectors)) ${disk_uuid%2}e
  printf 'disk15 : start=%s, size=%s, type=C12A7328-F81F-11D2-BA4B-00C04FC93EC9, uuid=%s\n' \
    $((esp_at * sectors)) $((esp_size * sectors)) ${disk_uuid%2}f
  printf 'disk1 : start=%s, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, uuid=%s\n' $(($(root_at) * sectors)) ${disk_uuid%2}1
}

# make_esp FOLDER: writes FOLDER/esp, an EFI system partition with GRUB where firmware looks that was told nothing.
make_esp() {
  with_lists fetch "$efi_package"
  dpkg-deb -x "${debs[0]}" "$1/grub"
  grub-mkimage -O "$efi_format" -d "$1/grub/usr/lib/grub/$efi_format" -o "$1/$efi_file" -p '(,gpt1)/boot/grub' \
    part_gpt ext2 normal linux test
  touch -d "@$SOURCE_DATE_EPOCH" "$1/$efi_file"
  truncate -s "${esp_size}M" "$1/esp"
  mkfs.fat --invariant -n ESP -i 616d6974 "$1/esp" >/dev/null
  mmd -i "$1/esp" ::/EFI ::/EFI/BOOT
  mcopy -m -i "$1/esp" "$1/$efi_file" ::/EFI/BOOT/
}

# GRUB in the gap before the first partition: boot.img loads the sectors that follow it, so the core image needs no
# installer; an empty drive in its prefix means the drive it was booted from.
mbr_bios_boot() {
  grub_core "$1" '(,msdos1)/boot/grub' part_msdos 2047
  dd if=/usr/lib/grub/i386-pc/boot.img of="$2" bs=440 count=1 conv=notrunc status=none
  dd if="$1/core.img" of="$2" bs=512 seek=1 conv=notrunc status=none
}

# The same in a partition of its own. The sector it begins at is written where boot.img looks for it (0x5c), and the next
# one at the end of the core image's first sector, where the rest is to be read from (0x1f4).
gpt_bios_boot() {
  local first=$((bios_boot_at * 2048))
  grub_core "$1" '(,gpt1)/boot/grub' part_gpt 2048
  dd if=/usr/lib/grub/i386-pc/boot.img of="$2" bs=440 count=1 conv=notrunc status=none
  dd if="$1/core.img" of="$2" bs=512 seek=$first conv=notrunc status=none
  little_endian $first | dd of="$2" bs=1 seek=$((0x5c)) conv=notrunc status=none
  little_endian $((first + 1)) | dd of="$2" bs=1 seek=$((first * 512 + 0x1f4)) conv=notrunc status=none
}

# grub_core FOLDER PREFIX MODULE SECTORS: writes FOLDER/core.img, which reads that kind of partition table.
grub_core() {
  grub-mkimage -O i386-pc -o "$1/core.img" -p "$2" biosdisk "$3" ext2 normal linux serial terminal test
  [ "$(stat -c %s "$1/core.img")" -lt $(($4 * 512)) ] || die "GRUB's core image does not fit before the first partition."
}

# little_endian NUMBER: its eight bytes.
little_endian() {
  local number=$1 byte
  for byte in 1 2 3 4 5 6 7 8; do
    printf "\\x$(printf %02x $((number & 255)))"
    number=$((number >> 8))
  done
}

# grub_menu KERNEL INITRD: no menu and no waiting; the console is the serial port, to which EFI firmware writes by itself.
grub_menu() {
  cat <<END
if [ "\$grub_platform" = pc ]; then
  serial --unit=0 --speed=115200
  terminal_output serial
fi
linux $1 root=UUID=$filesystem_uuid ro console=tty0 console=$serial_port,115200n8 nvme_core.io_timeout=4294967295 net.ifnames=0 quiet
initrd $2
boot
END
}
