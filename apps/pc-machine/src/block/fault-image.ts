/** An image whose transfers fail where rules say so: QEMU's `blkdebug`. */
import { SECTOR_BYTES, type BlockBackend } from "../storage/block-backend.js";
import type { FaultIoType, FaultRules } from "./fault-rules.js";

/** Another image, and the rules of what fails on the way to it. */
export class FaultImage implements BlockBackend {
  readonly rules: FaultRules;
  readonly readonly: boolean;
  readonly #beneath: BlockBackend;
  /** True if something was written since the last flush that reached the disk. */
  #dirty = false;

  constructor(beneath: BlockBackend, rules: FaultRules, options: { readonly readonly: boolean }) {
    this.#beneath = beneath;
    this.rules = rules;
    this.readonly = options.readonly || beneath.readonly;
  }

  get sectors(): number {
    return this.#beneath.sectors;
  }

  read(lba: number, into: Uint8Array): void {
    this.#pass(["read_aio"], "read", lba, into.length);
    this.#beneath.read(lba, into);
  }

  write(lba: number, from: Uint8Array): void {
    this.#pass(["write_aio", "pwritev"], "write", lba, from.length);
    this.#beneath.write(lba, from);
    this.#dirty = true;
    this.#pass(["pwritev_done"], "write", lba, from.length);
  }

  flush(): void {
    this.rules.happens("flush_to_os", "flush", null, 0);
    if (!this.#dirty) return;
    this.rules.happens("flush_to_disk", "flush", null, 0);
    this.#beneath.flush?.();
    this.#dirty = false;
  }

  resize(sectors: number): void {
    this.#beneath.resize?.(sectors);
  }

  #pass(events: readonly string[], ioType: FaultIoType, lba: number, bytes: number): void {
    for (const event of events) this.rules.happens(event, ioType, lba, bytes / SECTOR_BYTES);
  }
}
