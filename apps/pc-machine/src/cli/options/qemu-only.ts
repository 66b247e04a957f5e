/**
 * Options of QEMU 7.2 that this PC does not have, and why: a command line that was written for QEMU
 * is told what is missing, not that there is no such option.
 */

/** Options by what is missing. */
const MISSING: readonly (readonly [why: string, names: readonly string[]])[] = [
  ["there is no KVM: the processor is interpreted", ["enable-kvm"]],
  ["there is no Xen", ["xen-domid", "xen-attach", "xen-domid-restrict"]],
  ["there is one processor and one node of memory", ["numa"]],
  ["RAM is the program's own, and grows with what the guest touches", ["mem-path", "mem-prealloc"]],
  ["memory is neither locked nor shared out", ["overcommit"]],
  ["there is no floppy controller", ["fda", "fdb", "no-fd-bootchk"]],
  ["there are raw images on IDE only; see -drive", ["blockdev", "iscsi", "win2k-hack"]],
  ["there is no flash memory but the firmware's; see -bios", ["mtdblock", "pflash"]],
  ["there is no SD card", ["sd"]],
  ["there is no sharing of folders with the guest", ["fsdev", "virtfs"]],
  ["there is no sound", ["audio", "audiodev", "audio-help", "soundhw"]],
  ["there is no USB", ["usb", "usbdevice"]],
  ["there is no network adapter", ["netdev"]],
  ["there is no TPM", ["tpmdev"]],
  ["there is no window, so no keys of one; keys come from the serial port", ["k", "full-screen"]],
  ["there is no remote display", ["vnc", "spice"]],
  ["the display cannot be rotated", ["portrait", "rotate"]],
  [
    "firmware runs the option ROMs of devices, and those that -fw_cfg adds below genroms/",
    ["option-rom"],
  ],
  ["firmware makes the tables by itself", ["acpitable", "smbios", "no-acpi", "uuid"]],
  ["nothing of it is deprecated yet", ["compat"]],
  ["the machine is made from the command line", ["preconfig"]],
  ["an accelerator runs one instruction at a time only for a debugger", ["singlestep"]],
  ["there are `trace` and `break` in the monitor", ["trace", "dfilter", "plugin"]],
  ["the state of a machine cannot be saved", ["loadvm", "incoming", "only-migratable"]],
  ["the state of a machine cannot be saved", ["dump-vmstate"]],
  ["there are no objects besides devices", ["object"]],
  ["a watchdog is a device: see -device ib700", ["watchdog"]],
  ["firmware is looked for where packages put it; see -bios", ["L"]],
  ["the shell does that", ["daemonize", "pidfile", "runas", "chroot", "sandbox", "add-fd"]],
  ["the key is Ctrl-A", ["echr"]],
  ["nothing here is random but the guest; see -icount", ["seed"]],
  ["options are given where they belong; see -readconfig", ["set"]],
  ["there is nothing to set about it", ["msg", "async-teardown", "enable-sync-profile"]],
];

const reasons: ReadonlyMap<string, string> = new Map(
  MISSING.flatMap(([why, names]) => names.map((name) => [name, why] as const)),
);

/** The options of QEMU that are not here, without dashes. */
export const qemuOnlyOptions: readonly string[] = [...reasons.keys()];

/** Reason why QEMU's option `name` is not here, `null` when it is no option of QEMU, or is here. */
export function whyMissing(name: string): string | null {
  return reasons.get(name) ?? null;
}
