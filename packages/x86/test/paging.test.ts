import { describe, expect, it } from "vitest";
import { CpuModel, type CpuState, X86Cpu } from "../src/index.js";
import { Guest, vectorOf } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

const POINTERS = 0x10000;
const DIRECTORY = 0x11000;
const TABLE = 0x12000;
const PAE = 0x20;
const PSE = 0x10;
const PGE = 0x80;
const SMEP = 0x100000;
const SMAP = 0x200000;
const UMIP = 0x800;
const GP = 13;
const PF = 14;

const imm32 = (v: number): number[] => [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];
/** MOV EAX, [at]; MOV [at], EAX; HLT. */
const load = (at: number): number[] => [0xa1, ...imm32(at)];
const store = (at: number): number[] => [0xa3, ...imm32(at)];
const HLT = [0xf4];
/** MOV ECX, index; XOR EDX, EDX; MOV EAX, value; WRMSR. */
const wrmsr = (index: number, value: number): number[] => [
  ...[0xb9, ...imm32(index), 0x31, 0xd2, 0xb8, ...imm32(value), 0x0f, 0x30],
];
const NXE = wrmsr(0xc0000080, 0x800);
const CR3_TO_ITSELF = [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8];

class PaeGuest extends Guest {
  constructor(code: readonly number[]) {
    super(code, { model: "max,-lm" });
  }
  /** An entry of 8 bytes. */
  entry(at: number, low: number, high = 0): this {
    this.memory.view.setUint32(at, low >>> 0, true);
    this.memory.view.setUint32(at + 4, high >>> 0, true);
    return this;
  }
  /** Maps the first MiB to itself with three levels, for all. */
  pae(cr4 = PAE): this {
    this.entry(POINTERS, DIRECTORY | 1);
    this.entry(DIRECTORY, TABLE | 7);
    for (let k = 0; k < 256; k++) this.entry(TABLE + k * 8, (k << 12) | 7);
    this.cpu.setState({ cr3: POINTERS, cr4, cr0: 0xe0010011 });
    return this;
  }
  page(number: number, low: number, high = 0): this {
    return this.entry(TABLE + number * 8, low, high);
  }
  /** The error code that is on the stack after an exception from the same level. */
  error(state: CpuState): number {
    return this.memory.view.getUint32(state.esp, true);
  }
}
const pae = (code: readonly number[], cpl = 0): PaeGuest => {
  const guest = new PaeGuest([...code, ...HLT]);
  guest.flat(cpl);
  return guest.pae();
};
/** The exception, its code and CR2. */
function fault(guest: PaeGuest): readonly number[] {
  const state = guest.run();
  return [vectorOf(state), guest.error(state), state.cr2];
}

describe("page tables of three levels", () => {
  it("map pages, and set accessed and dirty bits", () => {
    const guest = pae([...load(0x8000), ...store(0x9000)])
      .page(8, 0xa007)
      .page(9, 0xb007);
    guest.memory.view.setUint32(0xa000, 0x1234, true);
    guest.run();
    const { view } = guest.memory;
    expect(view.getUint32(0xb000, true)).toBe(0x1234);
    expect(view.getUint32(TABLE + 8 * 8, true)).toBe(0xa027);
    expect(view.getUint32(TABLE + 9 * 8, true)).toBe(0xb067);
    expect(view.getUint32(DIRECTORY, true)).toBe(TABLE | 0x27);
    // The first level has no such bits.
    expect(view.getUint32(POINTERS, true)).toBe(DIRECTORY | 1);
  });
  it("map 2 MiB at once", () => {
    const guest = pae(load(0x208000)).entry(DIRECTORY + 8, 0x87);
    guest.memory.view.setUint32(0x8000, 0x55, true);
    expect(guest.run().eax).toBe(0x55);
    expect(guest.memory.view.getUint32(DIRECTORY + 8, true)).toBe(0xa7);
    expect(guest.cpu.translateDebug(0x208004)).toBe(0x8004);
    expect(fault(pae(load(0x208000)).entry(DIRECTORY + 8, 0x2087))).toEqual([PF, 9, 0x208000]);
  });
  it("reach memory above 4 GiB", () => {
    const guest = pae([...load(0x8004), ...store(0x8008)]).page(8, 0x7, 0xf);
    guest.memory.value = 0x77;
    expect(guest.run().eax).toBe(0x77);
    expect(guest.memory.log).toEqual(["r4 f00000004", "w4 f00000008=77"]);
    expect(guest.cpu.translateDebug(0x8123)).toBe(0xf_0000_0123);
  });
  it("fault with the code of what was done", () => {
    expect(fault(pae(load(0x8000)).page(8, 0))).toEqual([PF, 0, 0x8000]);
    expect(fault(pae(store(0x8004)).page(8, 0))).toEqual([PF, 2, 0x8004]);
    expect(fault(pae(store(0x8000)).page(8, 0x8005))).toEqual([PF, 3, 0x8000]);
    expect(fault(pae(load(0xc0000000)))).toEqual([PF, 0, 0xc0000000]);
    // Physical addresses have 36 bits; bit 63 is reserved while EFER.NXE is clear.
    expect(fault(pae(load(0x8000)).page(8, 0x8007, 0x10))).toEqual([PF, 9, 0x8000]);
    expect(fault(pae(load(0x8000)).page(8, 0x8007, 0x80000000))).toEqual([PF, 9, 0x8000]);
    expect(fault(pae(load(0x8000)).page(8, 0x8007, 0x00100000))).toEqual([PF, 9, 0x8000]);
  });
  it("are written by ARPL only if it raises a level", () => {
    /** MOV CX, level; ARPL [8000h], CX at level 3, on a page with these bits whose selector has level 2. */
    const arpl = (level: number, page: number): PaeGuest => {
      const code = [0x66, 0xb9, level, 0, 0x63, 0x0d, ...imm32(0x8000), 0xcd, 3];
      const guest = pae(code, 3).page(8, page);
      guest.memory.view.setUint16(0x8000, 0xfff2, true);
      return guest;
    };
    const BP = 3;
    for (const level of [0, 2]) expect(vectorOf(arpl(level, 0x8005).run())).toBe(BP);
    expect(fault(arpl(3, 0x8005))).toEqual([PF, 7, 0x8000]);
    // It reads first.
    expect(fault(arpl(3, 0x8006))).toEqual([PF, 4, 0x8000]);
    const guest = arpl(3, 0x8007);
    expect(vectorOf(guest.run())).toBe(BP);
    expect(guest.memory.view.getUint16(0x8000, true)).toBe(0xfff3);
    expect(guest.memory.view.getUint32(TABLE + 8 * 8, true)).toBe(0x8067);
  });
  it("forbid execution with NX, and nothing else", () => {
    const jump = [...NXE, ...load(0x8000), 0xb8, ...imm32(0x8000), 0xff, 0xe0];
    const guest = pae(jump).page(8, 0x8007, 0x80000000);
    guest.put(0x8000, HLT);
    expect(fault(guest)).toEqual([PF, 0x11, 0x8000]);
    expect(guest.memory.view.getUint32(TABLE + 8 * 8, true)).toBe(0x8027);
    // It counts at every level.
    const all = pae(NXE).entry(DIRECTORY, TABLE | 7);
    all.put(0x1000, [...NXE, 0x0f, 0x20, 0xd8, 0xeb, 0, ...CR3_TO_ITSELF, ...HLT]);
    expect(vectorOf(all.run())).toBe(-1);
  });
  it("tells of a fetch only with NX or SMEP", () => {
    const jump = [0xb8, ...imm32(0x8000), 0xff, 0xe0];
    expect(fault(pae(jump).page(8, 0))).toEqual([PF, 0, 0x8000]);
    expect(fault(pae([...NXE, ...jump]).page(8, 0))).toEqual([PF, 0x10, 0x8000]);
  });
  it("execute what is data to the data TLB, and the other way round", () => {
    const guest = pae([...NXE, ...load(0x8000), 0xe8, ...imm32(0x8000 - 0x1000 - 24), ...HLT]);
    guest.put(0x8000, [0xb3, 7, 0xc3]);
    expect(guest.run().ebx & 255).toBe(7);
  });
  it("begin with four entries that are loaded with CR3", () => {
    // A change in memory is not seen before.
    const change = [0xc7, 0x05, ...imm32(POINTERS + 8), ...imm32(DIRECTORY | 1)];
    expect(fault(pae([...change, ...load(0x40008000)]))).toEqual([PF, 0, 0x40008000]);
    const guest = pae([...change, ...CR3_TO_ITSELF, ...load(0x40008000)]);
    guest.memory.view.setUint32(0x8000, 0x99, true);
    expect(guest.run().eax).toBe(0x99);
    // Reserved bits are #GP, and CR3 stays as it was.
    const bad = pae(CR3_TO_ITSELF).entry(POINTERS + 8, 3);
    const state = bad.run();
    expect([vectorOf(state), bad.error(state), state.cr3]).toEqual([GP, 0, POINTERS]);
    expect(
      vectorOf(
        pae(CR3_TO_ITSELF)
          .entry(POINTERS + 8, 1, 0x10)
          .run(),
      ),
    ).toBe(GP);
    expect(
      vectorOf(
        pae(CR3_TO_ITSELF)
          .entry(POINTERS + 8, 2, 0x10)
          .run(),
      ),
    ).toBe(-1);
  });
  it("begin at CR3 / 32", () => {
    const guest = pae(load(0x8000));
    guest.entry(POINTERS + 0x20, DIRECTORY | 1);
    guest.cpu.setState({ cr3: POINTERS + 0x3f });
    guest.memory.view.setUint32(0x8000, 0x98, true);
    expect(guest.run().eax).toBe(0x98);
  });
  it("are switched on by CR4.PAE, with a check", () => {
    const setCr4 = [0x0f, 0x20, 0xe0, 0x83, 0xc8, PAE, 0x0f, 0x22, 0xe0];
    const guest = pae(setCr4);
    guest.cpu.setState({ cr4: 0, cr0: 0x60000011 });
    guest.put(0x1000, [
      ...setCr4,
      0x0f,
      0x20,
      0xc0,
      0x0f,
      0xba,
      0xe8,
      31,
      0x0f,
      0x22,
      0xc0,
      ...HLT,
    ]);
    expect(vectorOf(guest.run())).toBe(-1);
    expect(guest.cpu.state().cr0 >>> 31).toBe(1);
  });
});

describe("pages of 4 MiB", () => {
  const large = (entry: number, code: readonly number[]): PaeGuest => {
    const guest = new PaeGuest([...code, ...HLT]);
    guest.flat().paged();
    guest.memory.view.setUint32(0x10004, entry, true);
    guest.cpu.setState({ cr4: PSE });
    return guest;
  };
  it("reach 36 bits with PSE-36", () => {
    const guest = large(0x00018087, load(0x400010));
    guest.run();
    expect(guest.memory.log).toEqual(["r4 c00000010"]);
    expect(guest.cpu.translateDebug(0x400010)).toBe(0xc_0000_0010);
  });
  it("have reserved bits", () => {
    expect(fault(large(0x00200087, load(0x400010)))).toEqual([PF, 9, 0x400010]);
    expect(fault(large(0x00020087, load(0x400010)))).toEqual([PF, 9, 0x400010]);
  });
});

describe("global pages", () => {
  /** Reads page 8, changes its entry, loads CR3, reads it again into EBX. */
  const again = (between: readonly number[]): number[] => [
    ...load(0x8000),
    ...[0xc7, 0x05, ...imm32(TABLE + 8 * 8), ...imm32(0xa107)],
    ...between,
    ...[0x8b, 0x1d, ...imm32(0x8000)],
  ];
  const guest = (between: readonly number[], entry: number, cr4: number): PaeGuest => {
    const made = pae(again(between)).page(8, entry);
    made.cpu.setState({ cr4 });
    made.memory.view.setUint32(0x9000, 1, true);
    made.memory.view.setUint32(0xa000, 2, true);
    return made;
  };
  const ebx = (between: readonly number[], entry: number, cr4: number): number =>
    guest(between, entry, cr4).run().ebx;
  const INVLPG = [0x0f, 0x01, 0x3d, ...imm32(0x8000)];
  /** CR4.PGE off and on again. */
  const TOGGLE = [0x0f, 0x20, 0xe0, 0x34, PGE, 0x0f, 0x22, 0xe0, 0x34, PGE, 0x0f, 0x22, 0xe0];

  it("stay when CR3 is loaded, and go with INVLPG or CR4.PGE", () => {
    expect(ebx(CR3_TO_ITSELF, 0x9107, PAE | PGE)).toBe(1);
    expect(ebx(INVLPG, 0x9107, PAE | PGE)).toBe(2);
    expect(ebx(TOGGLE, 0x9107, PAE | PGE)).toBe(2);
  });
  it("are as others where the bit is not set, or not enabled", () => {
    expect(ebx(CR3_TO_ITSELF, 0x9007, PAE | PGE)).toBe(2);
    expect(ebx(CR3_TO_ITSELF, 0x9107, PAE)).toBe(2);
  });
  it("stay among hundreds of others that go", () => {
    const many = Array.from({ length: 200 }, (_, k) => load((k + 20) << 12)).flat();
    expect(ebx([...many, ...CR3_TO_ITSELF, ...many, ...CR3_TO_ITSELF], 0x9107, PAE | PGE)).toBe(1);
  });
});

describe("what keeps level 0 from pages of level 3", () => {
  const STAC = [0x0f, 0x01, 0xcb];
  const CLAC = [0x0f, 0x01, 0xca];
  /** Page 8 is level 3's; everything else is level 0's. */
  const guest = (cr4: number, code: readonly number[]): PaeGuest => {
    const made = pae(code);
    for (let k = 0; k < 256; k++) made.page(k, (k << 12) | (k === 8 ? 7 : 3));
    made.put(0x8000, [0xc3]);
    made.cpu.setState({ cr4: PAE | cr4 });
    return made;
  };
  const CALL = [0xb8, ...imm32(0x8000), 0xff, 0xd0];

  it("is SMEP for code", () => {
    expect(vectorOf(guest(0, CALL).run())).toBe(-1);
    expect(fault(guest(SMEP, CALL))).toEqual([PF, 0x11, 0x8000]);
    expect(vectorOf(guest(SMEP, load(0x8000)).run())).toBe(-1);
    expect(fault(guest(SMEP, [...load(0x8000), ...CALL]))).toEqual([PF, 0x11, 0x8000]);
  });
  it("is SMAP for data, unless EFLAGS.AC is set", () => {
    expect(fault(guest(SMAP, load(0x8000)))).toEqual([PF, 1, 0x8000]);
    expect(fault(guest(SMAP, store(0x8000)))).toEqual([PF, 3, 0x8000]);
    expect(vectorOf(guest(SMAP, [...STAC, ...load(0x8000), ...store(0x8000)]).run())).toBe(-1);
    const cleared = [...STAC, ...load(0x8000), ...CLAC, ...load(0x8004)];
    expect(fault(guest(SMAP, cleared))).toEqual([PF, 1, 0x8004]);
    // Code is SMEP's.
    expect(vectorOf(guest(SMAP, CALL).run())).toBe(-1);
    expect(fault(guest(SMAP, [...CALL, ...load(0x8000)]))).toEqual([PF, 1, 0x8000]);
  });
  it("is UMIP the other way round", () => {
    const user = (cr4: number, code: readonly number[]): number => {
      const made = pae(code, 3);
      made.cpu.setState({ cr4: PAE | cr4 });
      return vectorOf(made.run());
    };
    const SGDT = [0x0f, 0x01, 0x05, ...imm32(0x8000)];
    const SMSW = [0x0f, 0x01, 0xe0];
    const STR = [0x0f, 0x00, 0xc8];
    for (const code of [SGDT, SMSW, STR]) {
      expect(user(UMIP, code)).toBe(GP);
      // The GP here is HLT's.
      expect(user(0, [...code, 0xeb, 0xfe])).toBe(-1);
    }
  });
  it("is not there in a model without it", () => {
    const memory = new SimpleBus();
    memory.bytes.set([...STAC, ...HLT], 0x1000);
    memory.view.setUint16(6 * 4, 0x700, true);
    memory.bytes[0x700] = 0xf4;
    const model = CpuModel.parse("qemu32");
    const io = new SimpleBus(0);
    const cpu = new X86Cpu({ memory, io, acknowledgeInterrupt: () => 0, model });
    const cs = { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 };
    cpu.setState({ cs, eip: 0x1000, esp: 0x8000 });
    cpu.run(10);
    expect(cpu.state().eip).toBe(0x701);
  });
});
