/** Signs of life of the guest: what it wrote to character devices and disks. */
import type { BlockBackend } from "../storage/index.js";

/** Counts what the guest did that somebody outside could notice. */
export class Activity {
  /** Number of times that something was noted. */
  count = 0;

  /** Something happened. */
  readonly note = (): void => {
    this.count++;
  };

  /** `backend`, with each transfer noted. */
  watchDisk(backend: BlockBackend): BlockBackend {
    const { note } = this;
    return {
      sectors: backend.sectors,
      readonly: backend.readonly,
      read: (lba, into) => {
        note();
        backend.read(lba, into);
      },
      write: (lba, from) => {
        note();
        backend.write(lba, from);
      },
      flush: () => backend.flush?.(),
      close: () => backend.close?.(),
    };
  }
}
