import { describe, expect, it } from "vitest";
import { areSame } from "./lockstep/compare.js";
import { Guest } from "./lockstep/machine.js";
import { CODE, DATA } from "./lockstep/places.js";

const ROUNDS = 40;
const REX_W = 0x48;

/** What a loop ends with: each leaves its flags in another form. EBX changes from round to round, ESI is a copy. */
const SETTERS: readonly (readonly [name: string, code: readonly number[]])[] = [
  ["ADD", [0x01, 0xce]],
  ["ADD of words", [0x66, 0x01, 0xce]],
  ["ADD of bytes", [0x00, 0xcb]],
  ["SUB", [0x29, 0xce]],
  ["SUB of words", [0x66, 0x29, 0xce]],
  ["SUB of bytes", [0x28, 0xcb]],
  ["CMP with itself", [0x39, 0xf6]],
  ["AND", [0x83, 0xe6, 0xf0]],
  ["XOR with itself", [0x31, 0xf6]],
  ["INC", [0xff, 0xc6]],
  ["INC of bytes", [0xfe, 0xc3]],
  ["DEC", [0xff, 0xce]],
  ["DEC of words", [0x66, 0xff, 0xce]],
  ["IMUL", [0x0f, 0xaf, 0xf3]],
  ["SHL", [0xc1, 0xe6, 0x05]],
  ["SBB", [0x19, 0xce]],
];
/** What a loop begins with: readers of flags, which leave some trace in EAX or EDX. */
const READERS: readonly (readonly number[])[] = [
  // SETcc AL; ADC EDX, EAX with what is left of the flags. The opposite of each: Jcc over INC EAX.
  ...Array.from({ length: 8 }, (_, k) => [0x0f, 0x90 + 2 * k, 0xc0, 0x11, 0xc2]),
  ...Array.from({ length: 8 }, (_, k) => [0x71 + 2 * k, 0x02, 0xff, 0xc0]),
  // ADC EDX, EAX; INC EDX; nothing but PUSHF; ROL EAX, CL; RCL EAX, 1; BT EAX, 3; CMC; STC.
  ...[[0x11, 0xc2], [0xff, 0xc2], [], [0xd3, 0xc0], [0xd1, 0xd0], [0x0f, 0xba, 0xe0, 0x03]],
  ...[[0xf5], [0xf9]],
];
/** The flags at the loop's end as a register has them: PUSHF; POP EDI; ADD EBP, EDI. */
const TRACE = [0x9c, 0x5f, 0x01, 0xfd];

/** Of each reader a loop, in which EBX grows by more than it is, and the flags are those of a setter at its end. */
function program(setter: readonly number[], isLong: boolean): number[] {
  const wide = isLong ? [REX_W] : [];
  const code: number[] = [];
  for (const reader of READERS) {
    // lea ebx, [ebx+ebx*4+7]; mov esi, ebx; the setter
    const rest = [...wide, 0x8d, 0x5c, 0x9b, 0x07, ...wide, 0x89, 0xde];
    const isByte = (setter[0] ?? 0) === 0x66 || (setter[0] ?? 0) % 2 === 0;
    const last = isLong && !isByte ? [REX_W, ...setter] : setter;
    const body = [...reader, ...TRACE, ...rest, ...last];
    // mov ecx, ROUNDS; again: the body; loop again
    code.push(0xb9, ROUNDS, 0, 0, 0, ...body, 0xe2, -(body.length + 2) & 0xff);
  }
  return [...code, 0xeb, 0xfe];
}

describe.each(["flat", "long"] as const)("flags of a loop's last round: %s", (mode) => {
  it.each(SETTERS)("are what the interpreter has: %s", (_, setter) => {
    const code = program(setter, mode === "long");
    const guests = [{ threshold: 2, batch: 1, patience: 1 }, null].map((options) => {
      const guest = new Guest(options);
      const eflags = 0x8d7;
      const ebx = 0x12345;
      const long = [0n, 0n, 0n, BigInt(ebx), BigInt(DATA + 0x800), ...Array<bigint>(11).fill(0n)];
      const narrow = { eflags, ebx, esp: DATA + 0x800, eip: CODE };
      guest.prepare(mode, { narrow, long: [...long, BigInt(CODE)] });
      guest.ram.ramBytes().set(code, CODE);
      return guest;
    });
    const [translated, interpreted] = guests;
    if (translated === undefined || interpreted === undefined) throw new Error("two were made");
    for (let part = 0; part < 20; part++) {
      for (const { cpu } of guests) cpu.run(801);
      expect(areSame(translated.cpu.state(), interpreted.cpu.state())).toBe(true);
    }
    const { eip, long } = interpreted.cpu.state();
    expect(mode === "long" ? Number(long.rip) : eip).toBe(CODE + code.length - 2);
    expect(translated.translator?.counters.units).toBeGreaterThan(READERS.length / 2);
  });
});
