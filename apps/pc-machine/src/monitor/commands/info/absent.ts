/** `info` on what this machine has none of: QEMU's words where there is none. */
import type { Command } from "../../command.js";
import { simple } from "./simple.js";

const TEXTS: readonly (readonly [name: string, help: string, text: string])[] = [
  ["block-jobs", "show progress of ongoing block device operations", "No active jobs\n"],
  ["capture", "show capture information", ""],
  ["memory-devices", "show memory devices", ""],
  ["rdma", "show RDMA state", ""],
  ["sev", "show SEV information", "SEV is not enabled\n"],
  ["sgx", "show intel SGX information", "No EPC regions defined, SGX not available\n"],
  [
    "vcpu_dirty_limit",
    "show dirty page limit information of all vCPU",
    "Dirty page limit not enabled!\n",
  ],
  ["replay", "show record/replay information", "Record/replay is not active\n"],
  ["tpm", "show the TPM device", ""],
  ["virtio", "List all available virtio devices", "No VirtIO devices\n"],
];

/** The subjects. */
export const absentSubjects: readonly Command[] = TEXTS.map(([name, help, text]) =>
  simple(name, help, () => text),
);
