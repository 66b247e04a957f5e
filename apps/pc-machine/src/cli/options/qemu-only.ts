/**
 * Options of QEMU 7.2 that this PC does not have, and why: a command line that was written for QEMU
 * is told what is missing, not that there is no such option.
 */

/** Options by what is missing. */
const MISSING: readonly (readonly [why: string, names: readonly string[]])[] = [
  ["there is no Xen", ["xen-domid", "xen-attach", "xen-domid-restrict"]],
  ["images are files of this machine; see -drive", ["iscsi"]],
  ["there is no flash memory but the firmware's; see -pflash", ["mtdblock"]],
  ["there is no SD card", ["sd"]],
  ["there is no sharing of folders with the guest", ["fsdev", "virtfs"]],
  ["there is no sound", ["audio-help", "soundhw"]],
  ["there is no TPM", ["tpmdev"]],
  ["there is no SPICE; see -vnc", ["spice"]],
  [
    "firmware runs the option ROMs of devices, and those that -fw_cfg adds below genroms/",
    ["option-rom"],
  ],
  ["the machine makes the tables by itself", ["acpitable", "no-acpi"]],
  ["there are `trace` and `break` in the monitor", ["trace", "dfilter", "plugin"]],
  ["the state of a machine cannot be saved", ["loadvm", "incoming"]],
  ["the state of a machine cannot be saved", ["dump-vmstate"]],
  ["a watchdog is a device: see -device ib700", ["watchdog"]],
  ["the shell does that: put & behind the command", ["daemonize"]],
  ["the shell does that", ["runas", "chroot", "add-fd"]],
  ["options are given where they belong; see -readconfig", ["set"]],
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
