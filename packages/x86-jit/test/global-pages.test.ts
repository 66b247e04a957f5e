import { expect, it } from "vitest";
import { PAGE, pagedGuest, word } from "./support/paged-guest.js";

const DIRECTORIES = [0x10000, 0x12000] as const;
const LOCAL = 0x40000;
const GLOBAL = 0x50000;
const ROUNDS = 1000;

/** ECX times: ESI to CR3, the pages' words to EAX and EBX; EDI to CR3, to EDX and EBP. */
const PROGRAM = [
  [0x0f, 0x22, 0xde],
  [0xa1, ...word(GLOBAL)],
  [0x8b, 0x1d, ...word(LOCAL)],
  [0x0f, 0x22, 0xdf],
  [0x8b, 0x15, ...word(GLOBAL)],
  [0x8b, 0x2d, ...word(LOCAL)],
  [0x49],
  [0x75, 0xe0],
  [0xf4],
].flat();

/** ECX times: ESI to CR3, a call of the page at LOCAL; EDI to CR3, the same. */
const CALLS = [
  [0x0f, 0x22, 0xde],
  [0xe8, ...word(LOCAL - PAGE - 8)],
  [0x0f, 0x22, 0xdf],
  [0xe8, ...word(LOCAL - PAGE - 16)],
  [0x49],
  [0x75, 0xed],
  [0xf4],
].flat();

/** A processor with two address spaces, whose pages at LOCAL and GLOBAL differ. */
function guest(program = PROGRAM) {
  const made = pagedGuest(program, DIRECTORIES, 4);
  const { cpu, bytes, map } = made;
  DIRECTORIES.forEach((directory, k) => {
    map(directory, LOCAL, LOCAL + k * PAGE);
    map(directory, GLOBAL, GLOBAL + k * PAGE, 0x107);
    bytes.set(word(0x10 + k), LOCAL + k * PAGE);
    bytes.set(word(0x20 + k), GLOBAL + k * PAGE);
  });
  const [esi, edi] = DIRECTORIES;
  cpu.setState({ ecx: ROUNDS, eax: 0, ebx: 0, esi, edi });
  return made;
}

it("a load of CR3 leaves what units know of global pages, and takes the others", () => {
  const { cpu, counters } = guest();
  cpu.run(10 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: 0x20, ebx: 0x10, edx: 0x20, ebp: 0x11 });
  expect(counters.interpreted).toBeGreaterThan(ROUNDS);
  // Of the four words of a round two are looked up anew.
  expect(counters.misses).toBeGreaterThan(1.8 * ROUNDS);
  expect(counters.misses).toBeLessThan(2.1 * ROUNDS);
});

it("without global pages in CR4 a load of CR3 takes all", () => {
  const { cpu } = guest();
  cpu.setState({ ...cpu.state(), cr4: 0 });
  cpu.run(10 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: 0x20, ebx: 0x10, edx: 0x21, ebp: 0x11 });
});

it("runs the code of each address space, though both have units at the same address", () => {
  const { cpu, bytes } = guest(CALLS);
  // add eax, 1; test eax, eax; js, never; ret: and the same of EBX
  bytes.set([0x83, 0xc0, 0x01, 0x85, 0xc0, 0x78, 0xfe, 0xc3], LOCAL);
  bytes.set([0x83, 0xc3, 0x01, 0x85, 0xdb, 0x78, 0xfe, 0xc3], LOCAL + PAGE);
  cpu.run(20 * ROUNDS);
  expect(cpu.state()).toMatchObject({ ecx: 0, eax: ROUNDS, ebx: ROUNDS });
});
