/** Something that a device has to tell firmware. */

/** A file of fw_cfg. */
export interface FirmwareFile {
  readonly name: string;
  /** Contents, which stay the device's: what it changes, the guest reads. */
  readonly bytes: Uint8Array;
  /** True if the guest may write it. Default false. */
  readonly writable?: boolean;
}
