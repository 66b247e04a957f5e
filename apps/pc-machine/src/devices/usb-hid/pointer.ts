/** Mouse and tablet. */
import type { DeviceContext } from "../../device/context.js";
import type { PointerMove } from "../../input/input-handlers.js";
import { MOUSE_REPORT, TABLET_REPORT } from "./report-descriptors.js";
import { UsbHid, type HidKind } from "./usb-hid.js";

const MOST_EVENTS = 16;
const MOST_STEP = 127;
const POLL_MS = 10;

const MOUSE: HidKind = {
  typeName: "usb-mouse",
  product: "QEMU USB Mouse",
  boot: [1, 2],
  reportDescriptor: MOUSE_REPORT,
  reportBytes: 4,
  interval: POLL_MS,
};
const TABLET: HidKind = {
  typeName: "usb-tablet",
  product: "QEMU USB Tablet",
  boot: [0, 0],
  reportDescriptor: TABLET_REPORT,
  reportBytes: 6,
  interval: POLL_MS,
};

interface PointerEvent {
  x: number;
  y: number;
  wheel: number;
  buttons: number;
}

/** QEMU's `usb-mouse` and `usb-tablet`. */
export class UsbPointer extends UsbHid {
  readonly #absolute: boolean;
  /** Events that were not told, the oldest first. Buttons change from one to the next. */
  readonly #events: PointerEvent[] = [];

  /** @param options.absolute true for a tablet, which tells places */
  constructor(context: DeviceContext, options: { absolute: boolean }) {
    super(context, options.absolute ? TABLET : MOUSE);
    this.#absolute = options.absolute;
    this.handle({
      kind: "pointer",
      name: options.absolute ? "QEMU HID Tablet" : "QEMU HID Mouse",
      absolute: options.absolute,
      move: (movement) => this.#move(movement),
    });
  }

  protected override get pending(): boolean {
    return this.#events.length > 0;
  }

  protected override forget(): void {
    this.#events.length = 0;
  }

  protected override next(report: Uint8Array): void {
    const [event] = this.#events;
    if (event === undefined) return;
    report[0] = event.buttons & 0x1f;
    if (this.#absolute) {
      const view = new DataView(report.buffer, report.byteOffset);
      view.setUint16(1, event.x, true);
      view.setUint16(3, event.y, true);
      report[5] = step(event.wheel);
      event.wheel -= step(event.wheel);
      if (event.wheel === 0) this.#events.shift();
      return;
    }
    for (const [at, axis] of (["x", "y", "wheel"] as const).entries()) {
      report[1 + at] = step(event[axis]);
      event[axis] -= step(event[axis]);
    }
    if (event.x === 0 && event.y === 0 && event.wheel === 0) this.#events.shift();
  }

  #move({ x, y, wheel, buttons }: PointerMove): void {
    // The wheel of a report counts away from the user.
    const event = { x, y, wheel: -wheel, buttons };
    const last = this.#events.at(-1);
    if (last !== undefined && (last.buttons === buttons || this.#events.length >= MOST_EVENTS)) {
      last.x = this.#absolute ? x : last.x + x;
      last.y = this.#absolute ? y : last.y + y;
      last.wheel += event.wheel;
      last.buttons = buttons;
    } else {
      this.#events.push(event);
    }
    this.wakeHost();
  }
}

function step(value: number): number {
  return Math.max(-MOST_STEP, Math.min(MOST_STEP, value));
}
