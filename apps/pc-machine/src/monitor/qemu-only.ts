/** Commands of QEMU 7.2's monitor that this one does not have, and why. */

const MISSING: readonly (readonly [why: string, names: string])[] = [
  ["there is nothing to announce: no machine has moved", "announce_self"],
  [
    "there are no jobs on disks",
    "block_job_cancel block_job_complete block_job_pause block_job_resume block_job_set_speed " +
      "block_set_io_throttle block_stream commit drive_backup drive_mirror snapshot_blkdev " +
      "snapshot_blkdev_internal snapshot_delete_blkdev_internal",
  ],
  ["disks are not served to others", "nbd_server_add nbd_server_remove nbd_server_start"],
  ["disks are not served to others", "nbd_server_stop"],
  ["there is no migration", "migrate migrate_cancel migrate_continue migrate_incoming"],
  [
    "there is no migration",
    "migrate_pause migrate_recover migrate_set_capability migrate_set_parameter " +
      "migrate_start_postcopy client_migrate_info calc_dirty_rate set_vcpu_dirty_limit " +
      "cancel_vcpu_dirty_limit x_colo_lost_heartbeat",
  ],
  ["the state of a machine cannot be saved", "savevm loadvm delvm replay_break replay_seek"],
  ["the state of a machine cannot be saved", "replay_delete_break"],
  ["there is no socket that files could come over", "getfd closefd"],
  ["there are no machine checks", "mce"],
  ["there is no device tree", "dumpdtb"],
  ["there is no pause before the machine is made", "exit_preconfig"],
  ["see `-accel interp`", "singlestep"],
  ["see `x`, `xp` and `explain`", "gpa2hpa gpa2hva"],
  ["see `trace` and `break`", "trace-event sync-profile"],
  ["there is no sound", "stopcapture wavcapture"],
  ["there is no PCI Express", "pcie_aer_inject_error"],
];

/** Subjects of `info`. */
const MISSING_INFO: readonly (readonly [why: string, names: string])[] = [
  ["there is no migration", "dirty_rate migrate migrate_capabilities migrate_parameters"],
  ["see `info jit`", "opcount profile"],
  ["there is no network adapter", "rocker rocker-of-dpa-flows rocker-ports"],
  ["there is no network adapter", "rocker-of-dpa-groups"],
  ["see `info qom-tree`", "qdm"],
  ["there is no SPICE; see `info vnc`", "spice"],
  ["`trace -c` counts accesses", "stats sync-profile trace-events"],
  ["there is no USB", "usbhost"],
  ["there is no virtio", "virtio-status virtio-queue-status virtio-queue-element"],
  ["there is no virtio", "virtio-vhost-queue-status"],
];

const reasons: ReadonlyMap<string, string> = new Map([
  ...entries(MISSING, ""),
  ...entries(MISSING_INFO, "info "),
]);

function entries(table: typeof MISSING, prefix: string): [string, string][] {
  return table.flatMap(([why, names]) =>
    names.split(" ").map((name): [string, string] => [prefix + name, why]),
  );
}

/** QEMU's commands that are not here; those of `info` with that in front. */
export const qemuOnlyCommands: readonly string[] = [...reasons.keys()];

/** Reason why QEMU's command `name` is not here, `null` when it is none, or is here. */
export function whyMissing(name: string): string | null {
  return reasons.get(name) ?? null;
}
