/** The programs a server calls, each with its Debian package. */
export const neededTools: ReadonlyArray<[tool: string, debianPackage: string]> = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['qemu-storage-daemon', 'qemu-system-common'],
  ['dnsmasq', 'dnsmasq-base'],
  ['nft', 'nftables'],
  ['ip', 'iproute2'],
  ['slirp4netns', 'slirp4netns'],
  ['nsenter', 'util-linux'],
  ['unshare', 'util-linux'],
  ['ssh', 'openssh-client'],
  ['mke2fs', 'e2fsprogs'],
  ['sfdisk', 'fdisk'],
  ['grub-mkimage', 'grub-common'],
  ['cpio', 'cpio'],
  ['modprobe', 'kmod'],
];
