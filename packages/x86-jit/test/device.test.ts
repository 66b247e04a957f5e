import { Machine, type MemoryRegion } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { describe, expect, it } from "vitest";
import { translator, type Translator } from "../src/index.js";

/** Accesses of a device, or of a port, and what the processor told meanwhile. */
interface Seen {
  readonly what: string;
  readonly count: number;
  readonly eip: number;
  readonly eax: number;
  readonly carry: number;
}

interface DeviceGuest {
  readonly cpu: X86Cpu;
  readonly ram: MemoryRegion;
  readonly seen: Seen[];
  readonly translator: Translator;
  /** Called at each access. */
  onAccess: (number: number) => void;
}

const DEVICE = 0x40000;

/** A flat 32-bit processor with code at 0x1000, a device at 0x40000, and ports. */
function deviceGuest(code: readonly number[], isTranslated = true): DeviceGuest {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const ram = machine.ram({ name: "ram", size: 1 << 20, memory, memoryOffset: 1 << 20 });
  system.addSubregion(0, ram);
  const seen: Seen[] = [];
  const note = (what: string): void => {
    const { eip, eax, eflags } = cpu.state();
    seen.push({ what, count: cpu.instructionCount, eip, eax, carry: eflags & 1 });
    guest.onAccess(seen.length);
  };
  const device = (name: string, size: number) =>
    machine.mmio({
      name,
      size,
      read: (offset, width) => {
        note(`${name} read ${offset} ${width}`);
        return offset + 0x80;
      },
      write: (offset, value, width) => note(`${name} write ${offset} ${width} ${value}`),
    });
  system.addSubregion(DEVICE, device("device", 0x1000), { priority: 1 });
  const made = translator({ memory, threshold: 4, patience: 1 });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(device("port", 0x10000), "ports"),
    acknowledgeInterrupt: () => 0,
    ...(isTranslated ? made : {}),
  });
  ram.ramBytes().set(code, 0x1000);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  cpu.setState({ cr0: 0x60000011, cs, ds: data, es: data, ss: data, eip: 0x1000, edx: 0x400 });
  const guest: DeviceGuest = {
    cpu,
    ram,
    seen,
    onAccess: () => undefined,
    get translator() {
      return made.translator;
    },
  };
  return guest;
}

const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);

/** Loops that access something: code, and accesses of a round. */
const LOOPS: readonly (readonly [name: string, code: readonly number[]])[] = [
  ["out 80h, al", [0x83, 0xc0, 0x7b, 0xe6, 0x80]],
  ["out dx, eax", [0x83, 0xe8, 0x05, 0xef]],
  ["in al, 60h", [0x83, 0xc0, 0x7b, 0xe4, 0x60]],
  ["in ax, dx", [0x83, 0xc0, 0x7b, 0x66, 0xed]],
  ["mov al, [device]", [0x83, 0xc0, 0x7b, 0xa0, ...word(DEVICE + 3)]],
  ["mov ecx, [device]", [0x83, 0xe8, 0x05, 0x8b, 0x0d, ...word(DEVICE + 8)]],
  ["movsx ecx, byte [device]", [0x83, 0xe8, 0x05, 0x0f, 0xbe, 0x0d, ...word(DEVICE + 8)]],
  ["test byte [device], 81h", [0x83, 0xe8, 0x05, 0xf6, 0x05, ...word(DEVICE + 8), 0x81]],
  ["cmp dword [device], 88h", [0x83, 0xe8, 0x05, 0x81, 0x3d, ...word(DEVICE + 8), ...word(0x88)]],
  ["xor eax, [device]", [0x83, 0xe8, 0x05, 0x33, 0x05, ...word(DEVICE + 12)]],
  ["mov [device], ax", [0x83, 0xc0, 0x7b, 0x66, 0xa3, ...word(DEVICE + 2)]],
  ["mov dword [device], 7", [0x83, 0xe8, 0x05, 0xc7, 0x05, ...word(DEVICE + 4), ...word(7)]],
];

const inLoop = (code: readonly number[]): number[] => [...code, 0xeb, 254 - code.length];

describe("accesses of ports and devices in the midst of units", () => {
  it.each(LOOPS)("show what the interpreter shows: %s", (_, code) => {
    const guests = [deviceGuest(inLoop(code), false), deviceGuest(inLoop(code))] as const;
    for (const { cpu } of guests) for (let k = 0; k < 20; k++) expect(cpu.run(101)).toBe(101);
    const [interpreted, translated] = guests;
    expect(translated.seen.length).toBeGreaterThan(600);
    expect(translated.seen).toEqual(interpreted.seen);
    expect(translated.cpu.state()).toEqual(interpreted.cpu.state());
    // All but the first ones: the interpreter made those.
    expect(translated.translator.counters.accesses).toBeGreaterThan(500);
  });

  it.each(LOOPS)("end the run behind the instruction when it is asked to: %s", (_, code) => {
    const guests = [deviceGuest(inLoop(code), false), deviceGuest(inLoop(code))] as const;
    const counts = guests.map((guest) => {
      guest.onAccess = (number) => {
        if (number % 50 === 0) guest.cpu.requestStop();
      };
      return Array.from({ length: 8 }, () => [guest.cpu.run(1000), guest.cpu.state()]);
    });
    expect(counts[1]).toEqual(counts[0]);
  });

  it.each([
    ["to memory now and then", DEVICE + 0x10],
    ["of a device and of the memory behind it", DEVICE + 0xffe],
  ])("show what the interpreter shows: stores %s", (_, place) => {
    // xor ebx, place; mov [ebx], eax; add eax, 3; jmp back
    const code = inLoop([0x81, 0xf3, ...word(place), 0x89, 0x03, 0x83, 0xc0, 0x03]);
    const guests = [deviceGuest(code, false), deviceGuest(code)] as const;
    for (const { cpu } of guests) for (let k = 0; k < 40; k++) expect(cpu.run(101)).toBe(101);
    const [interpreted, translated] = guests;
    expect(translated.seen.length).toBeGreaterThan(400);
    expect(translated.seen).toEqual(interpreted.seen);
    expect(translated.cpu.state()).toEqual(interpreted.cpu.state());
    const memory = [0, DEVICE + 0x1000].map((at) =>
      guests.map(({ ram }) => ram.ramBytes().slice(at, at + 4)),
    );
    for (const [one, other] of memory) expect(one).toEqual(other);
  });

  it("end the unit when the device flushes translations", () => {
    const [, code = []] = LOOPS[4] ?? [];
    const guest = deviceGuest(inLoop(code));
    guest.onAccess = () => {
      guest.cpu.setA20(!guest.cpu.a20);
    };
    guest.cpu.run(3000);
    const { counters } = guest.translator;
    expect(counters.accesses).toBeGreaterThan(500);
    expect(counters.entries).toBeGreaterThan(500);
  });

  it("leave registers alone that the device changes at an IN", () => {
    const guest = deviceGuest(inLoop([0xe4, 0x60, 0x41]));
    guest.onAccess = () => guest.cpu.setState({ ecx: 5, eax: 0x1234_5600 });
    guest.cpu.run(3000);
    const { eax, ecx } = guest.cpu.state();
    expect([eax, ecx]).toEqual([0x123456e0, 6]);
    expect(guest.translator.counters.accesses).toBeGreaterThan(900);
  });
});
