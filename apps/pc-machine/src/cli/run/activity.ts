/** Signs of life of the guest: what it wrote to character devices and disks. */

/** Counts what the guest did that somebody outside could notice. */
export class Activity {
  /** Number of times that something was noted. */
  count = 0;

  /** Something happened. */
  readonly note = (): void => {
    this.count++;
  };
}
