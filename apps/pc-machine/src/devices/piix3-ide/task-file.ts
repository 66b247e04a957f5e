/** The command block registers of one drive. Five of them are two deep, for 48-bit addresses. */
import { AtaDevice, AtaError, AtaStatus } from "./ata.js";

/** Offsets of the command block registers from the channel's first port. */
export const TaskRegister = {
  DATA: 0,
  ERROR_FEATURES: 1,
  COUNT: 2,
  LBA_LOW: 3,
  LBA_MID: 4,
  LBA_HIGH: 5,
  DEVICE: 6,
  STATUS_COMMAND: 7,
} as const;

/** A drive's registers. */
export class TaskFile {
  status = 0;
  error = 0;
  features = 0;
  device = AtaDevice.OBSOLETE as number;
  /** Count and the three address bytes, index 0 to 3: what was written last, and before that. */
  readonly current = new Uint8Array(4);
  readonly previous = new Uint8Array(4);

  /** The signature of an ATA disk or (`packet`) an ATAPI drive, with the self-test's result. */
  setSignature(packet = false): void {
    this.current.set(packet ? [1, 1, 0x14, 0xeb] : [1, 1, 0, 0]);
    this.previous.fill(0);
    this.device &= ~AtaDevice.HEAD;
    this.error = AtaError.DIAGNOSTIC_PASSED;
    this.status = AtaStatus.DRDY | AtaStatus.DSC;
  }

  /** The guest writes register 1 to 6. */
  write(register: number, value: number): void {
    if (register === TaskRegister.ERROR_FEATURES) {
      this.features = value;
    } else if (register === TaskRegister.DEVICE) {
      this.device = value | AtaDevice.OBSOLETE;
    } else {
      const i = register - TaskRegister.COUNT;
      this.previous[i] = this.current[i] ?? 0;
      this.current[i] = value;
    }
  }

  /** The guest reads register 1 to 7. */
  read(register: number, highOrder: boolean): number {
    switch (register) {
      case TaskRegister.ERROR_FEATURES:
        return this.error;
      case TaskRegister.DEVICE:
        return this.device;
      case TaskRegister.STATUS_COMMAND:
        return this.status;
      default: {
        const bytes = highOrder ? this.previous : this.current;
        return bytes[register - TaskRegister.COUNT] ?? 0;
      }
    }
  }

  /** Number of sectors a command is for; 0 in the registers stands for the most they can say. */
  sectorCount(wide: boolean): number {
    const low = this.current[0] ?? 0;
    return wide ? ((this.previous[0] ?? 0) << 8) | low || 0x10000 : low || 0x100;
  }

  /** The linear address in the registers: 48 bits when `wide`, 28 otherwise. */
  linearAddress(wide: boolean): number {
    const [, low = 0, mid = 0, high = 0] = this.current;
    const address = low + mid * 0x100 + high * 0x10000;
    if (!wide) {
      return address + (this.device & AtaDevice.HEAD) * 0x1000000;
    }
    const [, low2 = 0, mid2 = 0, high2 = 0] = this.previous;
    return address + low2 * 2 ** 24 + mid2 * 2 ** 32 + high2 * 2 ** 40;
  }

  /** Put a linear address into the registers. */
  setLinearAddress(address: number, wide: boolean): void {
    const byte = (n: number): number => Math.floor(address / 256 ** n) & 0xff;
    this.current.set([byte(0), byte(1), byte(2)], 1);
    if (wide) {
      this.previous.set([byte(3), byte(4), byte(5)], 1);
    } else {
      this.device = (this.device & ~AtaDevice.HEAD) | (byte(3) & AtaDevice.HEAD);
    }
  }
}
