/** The keyboard behind virtio. */
import { eventsFact, Fact, idsFact, textFact } from "./input-config.js";
import { keyNumber } from "./key-codes.js";
import { EventType, type InputSetup } from "./virtio-input.js";

const NAME = "QEMU Virtio Keyboard";
/** Numbers of the keys that it may tell, as bits, the lowest byte first: QEMU's, some of which no host here has. */
const KEYS = "feffffffffffffffffffcf7bffffbefeffdf00f8783000000000000004";
/** Num Lock, Caps Lock and Scroll Lock. */
const LIGHTS = [0, 1, 2];

/** The keyboard: the facts that it tells, and a handler of keys. @param serial its serial number, `""` for none */
export function keyboardSetup(serial: string): InputSetup {
  const keys = Uint8Array.from(KEYS.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return {
    facts: [
      textFact(Fact.NAME, NAME),
      ...(serial === "" ? [] : [textFact(Fact.SERIAL, serial)]),
      idsFact(1, 1),
      { select: Fact.EVENTS, about: EventType.KEY, bytes: keys },
      eventsFact(EventType.LED, LIGHTS),
      // The driver repeats a key that is held.
      eventsFact(EventType.REPEAT, []),
    ],
    handler: (send) => ({
      kind: "keyboard",
      name: NAME,
      key: (code, down) => {
        const number = keyNumber(code);
        if (number !== null) send([[EventType.KEY, number, down ? 1 : 0]]);
      },
    }),
  };
}
