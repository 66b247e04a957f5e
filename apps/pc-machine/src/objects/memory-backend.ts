/** Memory that was added to a machine, for devices to show to the guest. */
import type { MemoryRegion } from "@mem/core";

/** QEMU's `HostMemoryBackend`. */
export interface MemoryBackend {
  readonly id: string;
  /** In bytes. */
  readonly size: number;
  readonly region: MemoryRegion;
  readonly share: boolean;
  /** True while a device shows it: another one cannot. */
  inUse: boolean;
}

/** A backend by its name, looked for when the device is made. @throws MemError when there is none */
export type MemoryBackendLink = () => MemoryBackend;
