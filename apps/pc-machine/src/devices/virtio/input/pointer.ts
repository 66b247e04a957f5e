/** Mouse and tablet behind virtio. */
import { ABSOLUTE_MOST } from "../../../input/input-handlers.js";
import { axisFact, eventsFact, Fact, idsFact, textFact } from "./input-config.js";
import { EventType, type InputEvent, type InputSetup } from "./virtio-input.js";

const X = 0;
const Y = 1;
const WHEEL = 8;
/** Numbers of the buttons, by the bits of a movement; and of those that a wheel was, once. */
const BUTTONS = [0x110, 0x111, 0x112, 0x113, 0x114];
const WHEEL_BUTTONS = [0x150, 0x151];

/** Settings of a pointer. */
export interface PointerSettings {
  /** True for a tablet, which tells places. */
  readonly absolute: boolean;
  /** Its serial number, `""` for none. */
  readonly serial: string;
  /** The wheel is an axis; else it is two buttons. */
  readonly wheelAxis: boolean;
}

/** A pointer: the facts that it tells, and a handler of movements. */
export function pointerSetup({ absolute, serial, wheelAxis }: PointerSettings): InputSetup {
  const name = absolute ? "QEMU Virtio Tablet" : "QEMU Virtio Mouse";
  const wheel = wheelAxis ? [WHEEL] : [];
  let buttons = 0;
  return {
    facts: [
      textFact(Fact.NAME, name),
      ...(serial === "" ? [] : [textFact(Fact.SERIAL, serial)]),
      idsFact(absolute ? 3 : 2, wheelAxis ? 2 : 1),
      eventsFact(EventType.KEY, [...BUTTONS, ...WHEEL_BUTTONS]),
      ...(absolute
        ? [
            ...(wheelAxis ? [eventsFact(EventType.RELATIVE, wheel)] : []),
            eventsFact(EventType.ABSOLUTE, [X, Y]),
            axisFact(X, ABSOLUTE_MOST),
            axisFact(Y, ABSOLUTE_MOST),
          ]
        : [eventsFact(EventType.RELATIVE, [X, Y, ...wheel])]),
    ],
    handler: (send) => ({
      kind: "pointer",
      name,
      absolute,
      move: (movement) => {
        const events: InputEvent[] = absolute
          ? [
              [EventType.ABSOLUTE, X, movement.x],
              [EventType.ABSOLUTE, Y, movement.y],
            ]
          : relative(movement.x, movement.y);
        // The wheel of an event counts away from the user.
        if (movement.wheel !== 0) events.push(...turned(-movement.wheel, wheelAxis));
        for (const [bit, code] of BUTTONS.entries()) {
          const mask = 1 << bit;
          if (((buttons ^ movement.buttons) & mask) === 0) continue;
          events.push([EventType.KEY, code, (movement.buttons & mask) === 0 ? 0 : 1]);
        }
        buttons = movement.buttons;
        send(events);
      },
    }),
  };
}

function relative(x: number, y: number): InputEvent[] {
  return [
    ...(x === 0 ? [] : [[EventType.RELATIVE, X, x] as const]),
    ...(y === 0 ? [] : [[EventType.RELATIVE, Y, y] as const]),
  ];
}

function turned(steps: number, asAxis: boolean): readonly InputEvent[] {
  if (asAxis) return [[EventType.RELATIVE, WHEEL, steps]];
  const code = WHEEL_BUTTONS[steps > 0 ? 1 : 0] ?? 0;
  return [
    [EventType.KEY, code, 1],
    [EventType.KEY, code, 0],
  ];
}
