/** The keyboard. */
import type { DeviceContext } from "../../device/context.js";
import { FIRST_MODIFIER, keyUsage } from "./key-usages.js";
import { KEYBOARD_REPORT } from "./report-descriptors.js";
import { UsbHid } from "./usb-hid.js";

const MOST_EVENTS = 16;
const REPORT_KEYS = 6;
const FIRST_KEY = 2;
/** In place of every key where there are more than a report holds. */
const ROLL_OVER = 1;

/** QEMU's `usb-kbd`. */
export class UsbKeyboard extends UsbHid {
  readonly #events: { readonly usage: number; readonly down: boolean }[] = [];
  /** Keys that are down as far as the host was told, in the order in which they were pressed. */
  readonly #keys = new Set<number>();
  #modifiers = 0;
  #lights = 0;

  constructor(context: DeviceContext) {
    super(context, {
      typeName: "usb-kbd",
      product: "QEMU USB Keyboard",
      boot: [1, 1],
      reportDescriptor: KEYBOARD_REPORT,
      reportBytes: FIRST_KEY + REPORT_KEYS,
      interval: 10,
    });
    this.handle({
      kind: "keyboard",
      name: "QEMU HID Keyboard",
      key: (code, down) => this.#key(code, down),
    });
  }

  /** Lights that the host has on: bit 0 Num Lock, 1 Caps Lock, 2 Scroll Lock. */
  get lights(): number {
    return this.#lights;
  }

  protected override setLights(lights: number): void {
    this.#lights = lights;
  }

  protected override get pending(): boolean {
    return this.#events.length > 0;
  }

  protected override forget(): void {
    this.#events.length = 0;
    this.#keys.clear();
    this.#modifiers = 0;
    this.#lights = 0;
  }

  protected override next(report: Uint8Array): void {
    const event = this.#events.shift();
    if (event === undefined) return;
    const { usage, down } = event;
    if (usage >= FIRST_MODIFIER) {
      const bit = 1 << (usage - FIRST_MODIFIER);
      this.#modifiers = down ? this.#modifiers | bit : this.#modifiers & ~bit;
    } else if (down) {
      this.#keys.add(usage);
    } else {
      this.#keys.delete(usage);
    }
    report.fill(0);
    report[0] = this.#modifiers;
    if (this.#keys.size > REPORT_KEYS) report.fill(ROLL_OVER, FIRST_KEY);
    else report.set([...this.#keys], FIRST_KEY);
  }

  #key(code: number, down: boolean): void {
    const usage = keyUsage(code);
    // A key that finds no room is lost, as on a keyboard that nobody reads.
    if (usage === null || this.#events.length >= MOST_EVENTS) return;
    this.#events.push({ usage, down });
    this.wakeHost();
  }
}
