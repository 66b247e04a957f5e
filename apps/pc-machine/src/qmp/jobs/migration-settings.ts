/** Settings that programs make before they move a machine, which nothing here does: kept, and told again. */

/** QEMU 7.2's capabilities, in its order. */
export const CAPABILITIES = [
  ...(["xbzrle", "rdma-pin-all", "auto-converge", "zero-blocks", "compress", "events"] as const),
  ...(["postcopy-ram", "x-colo", "release-ram", "block", "return-path"] as const),
  ...(["pause-before-switchover", "multifd", "dirty-bitmaps", "postcopy-blocktime"] as const),
  ...(["late-block-activate", "x-ignore-shared", "validate-uuid", "background-snapshot"] as const),
  ...(["zero-copy-send", "postcopy-preempt"] as const),
] as const;

/** The parameters, with QEMU's values where nobody set others. */
export const PARAMETERS = {
  "cpu-throttle-tailslow": false,
  "xbzrle-cache-size": 67_108_864,
  "cpu-throttle-initial": 20,
  "announce-max": 550,
  "decompress-threads": 2,
  "compress-threads": 8,
  "compress-level": 1,
  "multifd-channels": 2,
  "multifd-zstd-level": 1,
  "announce-initial": 50,
  "block-incremental": false,
  "compress-wait-thread": true,
  "downtime-limit": 300,
  "tls-authz": "",
  "multifd-compression": "none",
  "announce-rounds": 5,
  "announce-step": 100,
  "tls-creds": "",
  "multifd-zlib-level": 1,
  "max-cpu-throttle": 99,
  "max-postcopy-bandwidth": 0,
  "tls-hostname": "",
  "throttle-trigger-threshold": 50,
  "max-bandwidth": 134_217_728,
  "x-checkpoint-delay": 20_000,
  "cpu-throttle-increment": 10,
} as const;

/** Settings of a machine. */
export class MigrationSettings {
  /** Capabilities that are on. */
  readonly capabilities = new Set<string>();
  /** Values of the parameters. */
  parameters: Readonly<Record<string, unknown>> = PARAMETERS;
}
