/** A device on the SMBus, as the host controller sees it. */
export interface SmbusDevice {
  /** Take the bytes of a transaction that writes: mostly a command first. */
  write(bytes: readonly number[]): void;
  /** The next byte of a transaction that reads. */
  read(): number;
}
