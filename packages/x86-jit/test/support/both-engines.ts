/** The same guest twice: its code is translated in one, and always interpreted in the other. */
import { expect } from "vitest";
import { areEqual } from "../lockstep/compare.js";
import type { FlatGuest } from "./flat-guest.js";

/** A guest that translates, and one that does not. */
export type GuestPair = readonly [translated: FlatGuest, interpreted: FlatGuest];

/** Makes both. @param make makes one whose code is translated after so many runs */
export function guestPair(make: (threshold: number) => FlatGuest): GuestPair {
  return [make(4), make(0xffffffff)];
}

/** Runs both in short parts; registers agree after each one, and memory in the end. */
export function runSame([translated, interpreted]: GuestPair, parts: number): void {
  for (let count = 1; count < parts; count++) {
    const [one, other] = [translated, interpreted].map(({ cpu }) => cpu.run(count % 23));
    expect(one).toBe(other);
    expect(translated.cpu.state()).toEqual(interpreted.cpu.state());
  }
  expect(areEqual(translated.ram.ramBytes(), interpreted.ram.ramBytes())).toBe(true);
}
