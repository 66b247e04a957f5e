/** A port of the root hub: its register, and the device at it. */
import type { UsbDevice } from "../../usb/usb-device.js";

/** Bits of a port's register. */
export const PortBit = {
  CONNECTED: 0x0001,
  CONNECTION_CHANGED: 0x0002,
  ENABLED: 0x0004,
  ENABLE_CHANGED: 0x0008,
  RESUME: 0x0040,
  ALWAYS: 0x0080,
  RESET: 0x0200,
  SUSPENDED: 0x1000,
} as const;

const CHANGES = PortBit.CONNECTION_CHANGED | PortBit.ENABLE_CHANGED;
const SETTABLE = PortBit.ENABLED | PortBit.RESUME | PortBit.RESET | PortBit.SUSPENDED;

/** The port. */
export class RootPort {
  #device: UsbDevice | null = null;
  #register = 0;
  /** Called when something happens that wakes a host that sleeps. */
  readonly #woken: () => void;

  constructor(woken: () => void) {
    this.#woken = woken;
  }

  /** The device, `null` where there is none. */
  get device(): UsbDevice | null {
    return this.#device;
  }

  /** The device that packets reach. */
  get enabledDevice(): UsbDevice | null {
    return (this.#register & PortBit.ENABLED) === 0 ? null : this.#device;
  }

  /** True if the device at the port asks to resume. */
  get resumes(): boolean {
    return (this.#register & PortBit.RESUME) !== 0;
  }

  /** Plug a device in. */
  attach(device: UsbDevice): void {
    this.#device = device;
    this.#register |= PortBit.CONNECTED | PortBit.CONNECTION_CHANGED;
    device.connect({ wake: () => this.#wake(), detach: () => this.#detach() });
    this.#woken();
  }

  /** The register, as the guest reads it. */
  read(): number {
    return this.#register | PortBit.ALWAYS;
  }

  /** The guest writes the register. */
  write(value: number): void {
    const isReset = (value & PortBit.RESET) !== 0;
    if (isReset && (this.#register & PortBit.RESET) === 0) this.#device?.reset();
    let register = this.#register & ~(value & CHANGES);
    register = (register & ~SETTABLE) | (value & SETTABLE);
    if ((register & PortBit.CONNECTED) === 0) register &= ~PortBit.ENABLED;
    this.#register = register;
  }

  /** The controller was reset: what is plugged in is found anew. */
  reset(): void {
    this.#register = this.#device === null ? 0 : PortBit.CONNECTED | PortBit.CONNECTION_CHANGED;
    this.#device?.reset();
  }

  #wake(): void {
    if ((this.#register & (PortBit.SUSPENDED | PortBit.RESUME)) !== PortBit.SUSPENDED) return;
    this.#register |= PortBit.RESUME;
    this.#woken();
  }

  #detach(): void {
    this.#device = null;
    this.#register = (this.#register & ~PortBit.CONNECTED) | PortBit.CONNECTION_CHANGED;
    if ((this.#register & PortBit.ENABLED) !== 0) {
      this.#register = (this.#register & ~PortBit.ENABLED) | PortBit.ENABLE_CHANGED;
    }
    this.#woken();
  }
}
