# The machine an image is for, by ARCHITECTURE and BOOT_MODE of the environment, as the API names them; sourced by
# `common.sh`. Everything that differs between architectures stands in this table.

architecture=${ARCHITECTURE:-x86_64}
case $architecture in
  x86_64)
    debian_architecture=amd64 triplet=x86_64-linux-gnu loader=/lib64/ld-linux-x86-64.so.2
    kernel_package=linux-image-cloud-amd64 serial_port=ttyS0
    efi_format=x86_64-efi efi_package=grub-efi-amd64-bin efi_file=BOOTX64.EFI
    ;;
  i386)
    debian_architecture=i386 triplet=i386-linux-gnu loader=/lib/ld-linux.so.2
    kernel_package=linux-image-686-pae serial_port=ttyS0
    ;;
  arm64)
    debian_architecture=arm64 triplet=aarch64-linux-gnu loader=/lib/ld-linux-aarch64.so.1
    kernel_package=linux-image-cloud-arm64 serial_port=ttyAMA0
    efi_format=arm64-efi efi_package=grub-efi-arm64-bin efi_file=BOOTAA64.EFI
    ;;
  *) die "There is no recipe for the architecture $architecture: say x86_64, i386 or arm64." ;;
esac

# What an image without a boot mode is booted by: the default of the instance types of its architecture.
case $architecture in arm64) boot_mode=${BOOT_MODE:-uefi} ;; *) boot_mode=${BOOT_MODE:-legacy-bios} ;; esac
case $architecture/$boot_mode in
  x86_64/legacy-bios | x86_64/uefi | x86_64/uefi-preferred | i386/legacy-bios | arm64/uefi) ;;
  *) die "An $architecture image cannot be built for the boot mode $boot_mode: x86_64 takes legacy-bios, uefi and uefi-preferred, i386 legacy-bios, arm64 uefi." ;;
esac
boots_bios() { [ "$boot_mode" != uefi ]; }
boots_uefi() { [ "$boot_mode" != legacy-bios ]; }
