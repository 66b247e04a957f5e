import { type AccessEvent, AccessTrace, hex, Machine, type MemoryRegion } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { X86Cpu } from "../src/index.js";

interface Built {
  readonly machine: Machine;
  readonly ram: MemoryRegion;
  readonly memory: ReturnType<Machine["addressSpace"]>;
  readonly io: ReturnType<Machine["addressSpace"]>;
  readonly cpu: X86Cpu;
}

/** A processor in real mode at 0x1000, with RAM below 64 KiB and a port at 0x80. */
function build(code: readonly number[], onPort: () => void = () => undefined): Built {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  system.addSubregion(0, ram);
  ram.ramBytes().set(code, 0x1000);
  const ports = machine.container({ name: "io", size: 0x10000 });
  const port = machine.mmio({ name: "port", size: 4, read: () => 0, write: () => onPort() });
  ports.addSubregion(0x80, port);
  const memory = machine.addressSpace(system, "memory");
  const io = machine.addressSpace(ports, "I/O");
  const cpu = new X86Cpu({ memory, io, acknowledgeInterrupt: () => 0 });
  const flat = { selector: 0, base: 0, limit: 0xffff, flags: 0x9300 };
  cpu.setState({ cs: { ...flat, flags: 0x9b00 }, ds: flat, es: flat, eip: 0x1000 });
  return { machine, ram, memory, io, cpu };
}

const text = ({ type, address, size, value }: AccessEvent): string =>
  `${type} ${hex(address)}/${size} ${value === null ? "-" : hex(value)}`;

function traced(
  built: Built,
  ...filter: [ConstructorParameters<typeof AccessTrace>[1]?]
): string[] {
  const seen: string[] = [];
  new AccessTrace(built.memory, ...filter).on((event) => seen.push(text(event)));
  return seen;
}

// mov eax,[0x3001]; mov [0x3006],ax; hlt
const UNALIGNED = [0x66, 0xa1, 0x01, 0x30, 0xa3, 0x06, 0x30, 0xf4];

describe("a traced processor", () => {
  it("is seen to fetch, load and store, each access as the instruction makes it", () => {
    const built = build(UNALIGNED);
    built.ram.ramBytes().set([0, 0x11, 0x22, 0x33, 0x44], 0x3000);
    const seen = traced(built);
    built.cpu.run(10);
    expect(seen).toEqual([
      "fetch 0x1000/1 0x66",
      "fetch 0x1001/1 0xa1",
      "fetch 0x1002/1 0x1",
      "fetch 0x1003/1 0x30",
      "read 0x3001/4 0x44332211",
      "fetch 0x1004/1 0xa3",
      "fetch 0x1005/1 0x6",
      "fetch 0x1006/1 0x30",
      "write 0x3006/2 0x2211",
      "fetch 0x1007/1 0xf4",
    ]);
    expect(built.cpu.state().eax).toBe(0x4433_2211);
  });

  it("goes on as if nothing was, in a page that is not traced", () => {
    const built = build(UNALIGNED);
    const seen = traced(built, { ranges: [{ addr: 0x3006, size: 1 }] });
    built.cpu.run(10);
    expect(seen).toEqual(["write 0x3006/2 0x0"]);
  });

  it("is seen from the instruction on that had the trace begin, until the one that ends it", () => {
    // mov al,[0x3000]; out 0x80,al; mov al,[0x3001]; out 0x80,al; mov al,[0x3002]; hlt
    const load = (low: number): number[] => [0xa0, low, 0x30];
    const code = [...load(0), 0xe6, 0x80, ...load(1), 0xe6, 0x80, ...load(2), 0xf4];
    const seen: string[] = [];
    let trace: AccessTrace | null = null;
    const built = build(code, () => {
      if (trace === null) {
        trace = new AccessTrace(built.memory, { types: ["read"] });
        trace.on((event) => seen.push(text(event)));
      } else {
        trace[Symbol.dispose]();
      }
    });
    built.cpu.run(20);
    expect(built.cpu.halted).toBe(true);
    expect(seen).toEqual(["read 0x3001/1 0x0"]);
  });

  it("stops after the instruction when a break condition asks it to", () => {
    // mov byte [0x3000],1; mov byte [0x3000],2; mov byte [0x3000],3; hlt
    const store = (value: number): number[] => [0xc6, 0x06, 0x00, 0x30, value];
    const built = build([...store(1), ...store(2), ...store(3), 0xf4]);
    const trace = new AccessTrace(built.memory, { ranges: [{ addr: 0x3000, size: 1 }] });
    trace.breakOn({ types: ["write"], value: 2 }, () => built.cpu.requestStop());
    expect(built.cpu.run(10)).toBe(2);
    expect([built.cpu.state().eip, built.ram.ramBytes()[0x3000]]).toEqual([0x100a, 2]);
    expect(built.cpu.run(10)).toBe(2);
    expect(built.ram.ramBytes()[0x3000]).toBe(3);
  });

  it("is seen at its ports", () => {
    // mov al,0x55; out 0x80,al; hlt
    const built = build([0xb0, 0x55, 0xe6, 0x80, 0xf4]);
    const seen: string[] = [];
    using trace = new AccessTrace(built.io, { ranges: [{ addr: 0x80, size: 1 }] });
    trace.on((event) => seen.push(text(event)));
    built.cpu.run(10);
    expect(seen).toEqual(["write 0x80/1 0x55"]);
  });

  it("moves and fills memory as ever, element by element", () => {
    // cld; mov si,0x2ffe; mov di,0x4ffd; mov cx,0x81; rep movsw; mov cx,9; mov al,7; rep stosb; hlt
    const code = [0xfc, 0xbe, 0xfe, 0x2f, 0xbf, 0xfd, 0x4f, 0xb9, 0x81, 0, 0xf3, 0xa5];
    const all = [...code, 0xb9, 9, 0, 0xb0, 7, 0xf3, 0xaa, 0xf4];
    const [one, two] = [build(all), build(all)];
    for (const { ram } of [one, two]) {
      ram.ramBytes(0x2f00, 0x400).forEach((_, i, bytes) => (bytes[i] = i * 7));
    }
    const seen = traced(two);
    for (const { cpu } of [one, two]) while (!cpu.halted) cpu.run(100);
    expect([...two.ram.ramBytes()]).toEqual([...one.ram.ramBytes()]);
    const { esi, edi, ecx } = one.cpu.state();
    expect(two.cpu.state()).toMatchObject({ esi, edi, ecx });
    expect(seen.filter((line) => line.startsWith("read"))).toHaveLength(0x81);
  });
});
