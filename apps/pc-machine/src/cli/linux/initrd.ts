/** The first file system: BusyBox, the modules that the PC's devices need, and a few scripts. */
import { cpioArchive, type CpioEntry } from "./cpio.js";
import { aliasTable, dependencyTable, type KernelModuleFile } from "./modules.js";

/** Contents of an initrd. */
export interface InitrdContents {
  /** A BusyBox that needs no libraries. */
  readonly busybox: Uint8Array;
  /** Release that the modules are of, as `uname -r` tells it. */
  readonly release: string;
  readonly modules: readonly KernelModuleFile[];
}

/** Loaded at the start, where they are modules: the disks, the power button, the network card. */
const AT_START = ["ata_piix", "sd_mod", "sr_mod", "evdev", "button", "e1000"];
/** Loaded where there is a USB controller: its driver, a keyboard, a mouse or tablet, a disk. */
const FOR_USB = ["uhci_hcd", "usbhid", "hid_generic", "usb_storage"];
/** Loaded where there is a device behind virtio. */
const FOR_VIRTIO = ["virtio_pci", "virtio_blk", "virtio_scsi", "virtio_net", "virtio_input"];
/** Loaded when something asks for them, such as `mount`. */
const ON_DEMAND = ["ext4", "crc32c_generic", "isofs", "vfat", "nls_cp437", "nls_ascii", "loop"];

/** The modules that go into an initrd, without those that they need. */
export const INITRD_MODULES: readonly string[] = [
  ...AT_START,
  ...FOR_USB,
  ...FOR_VIRTIO,
  ...ON_DEMAND,
];
/** Counts changes of what this makes: files that were made by another are made anew. */
export const INITRD_RECIPE = 5;

const FOLDERS = ["bin", "dev", "etc", "etc/acpi", "etc/acpi/PWRF", "lib", "lib/modules"];
const MORE_FOLDERS = [
  "mnt",
  "proc",
  "root",
  "run",
  "sbin",
  "sys",
  "tmp",
  "usr",
  "usr/bin",
  "usr/sbin",
];

const INIT = `#!/bin/busybox sh
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /tmp
hostname mem
modprobe -q -a ${AT_START.join(" ")}
grep -q 0x0c0300 /sys/bus/pci/devices/*/class && modprobe -q -a ${FOR_USB.join(" ")}
grep -q 0x1af4 /sys/bus/pci/devices/*/vendor && modprobe -q -a ${FOR_VIRTIO.join(" ")}
ip link set lo up
for card in /sys/class/net/eth*; do
  # The link takes a while to come up; nobody waits for it.
  [ -e "$card" ] && udhcpc -b -S -i "\${card##*/}" -s /etc/udhcpc.script > /dev/null 2>&1 &
done
echo
echo "Linux $(uname -r) with BusyBox. poweroff ends it, as does Ctrl-A x."
exec /sbin/init
`;

/** Carries out what DHCP tells: the address, the way out, the name server. */
const UDHCPC_SCRIPT = `#!/bin/sh
case "$1" in
  deconfig) ip addr flush dev "$interface"; ip link set "$interface" up ;;
  bound|renew)
    ip addr replace "$ip/$mask" dev "$interface"
    [ -n "$router" ] && ip route replace default via "\${router%% *}"
    for server in $dns; do echo "nameserver $server"; done > /etc/resolv.conf ;;
esac
`;

const INITTAB = `console::respawn:-/bin/sh
::once:/sbin/acpid -f -l /dev/null
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r -t ext2,ext3,ext4,vfat,iso9660
`;

const PROFILE = `export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root PS1='mem:\\w\\$ '
cd
`;

/** The archive that the kernel unpacks. It is not packed further: the guest would have to unpack it. */
export function makeInitrd({ busybox, release, modules }: InitrdContents): Uint8Array {
  const folders = new Set([...FOLDERS, ...MORE_FOLDERS]);
  const files: CpioEntry[] = [];
  const program = (name: string, bytes: Uint8Array): void =>
    void files.push({ kind: "file", name, bytes, executable: true });
  const text = (name: string, content: string): void =>
    void files.push({ kind: "file", name, bytes: bytesOf(content) });
  program("init", bytesOf(INIT));
  program("bin/busybox", busybox);
  text("etc/inittab", INITTAB);
  text("etc/profile", PROFILE);
  text("etc/passwd", "root::0:0:root:/root:/bin/sh\n");
  text("etc/group", "root:x:0:\n");
  program("etc/udhcpc.script", bytesOf(UDHCPC_SCRIPT));
  program("etc/acpi/PWRF/00000080", bytesOf("#!/bin/sh\npoweroff\n"));
  if (modules.length > 0) {
    const root = `lib/modules/${release}`;
    for (const { path, bytes } of modules) {
      files.push({ kind: "file", name: `${root}/${path}`, bytes });
    }
    text(`${root}/modules.dep`, dependencyTable(modules));
    text(`${root}/modules.alias`, aliasTable(modules));
    for (const { name } of files) {
      for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) {
        folders.add(name.slice(0, at));
      }
    }
  }
  return cpioArchive([
    ...[...folders].map((name): CpioEntry => ({ kind: "folder", name })),
    // What /init writes to before there is a /dev.
    { kind: "characters", name: "dev/console", major: 5, minor: 1 },
    { kind: "characters", name: "dev/null", major: 1, minor: 3 },
    ...files,
  ]);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
