import { describe, expect, it } from "vitest";
import { Guest, vectorOf } from "./guest.js";

describe("memory accesses", () => {
  it("reach a device aligned: unaligned loads as the two around them, stores in bytes", () => {
    // mov eax,[0xfee00001]; mov [0xfee00002],ax; mov [0xfee00003],ax; mov eax,[0xfee00ffe]; hlt
    const guest = new Guest([
      0xa1, 0x01, 0x00, 0xe0, 0xfe, 0x66, 0xa3, 0x02, 0x00, 0xe0, 0xfe, 0x66, 0xa3, 0x03, 0x00,
      0xe0, 0xfe, 0xa1, 0xfe, 0x0f, 0xe0, 0xfe, 0xf4,
    ]).flat();
    guest.memory.value = 0x12;
    guest.run();
    expect(guest.memory.log).toEqual([
      "r4 fee00000",
      "r4 fee00004",
      "w2 fee00002=0",
      "w1 fee00003=0",
      "w1 fee00004=0",
      "r1 fee00ffe",
      "r1 fee00fff",
      "r1 fee01000",
      "r1 fee01001",
    ]);
  });

  it("test plainWrite at each store", () => {
    // mov [0x3000],al; out 0x80,al; mov [0x3000],al; hlt
    const guest = new Guest([0xa2, 0x00, 0x30, 0xe6, 0x80, 0xa2, 0x00, 0x30, 0xf4]);
    guest.ports.store = (): number => {
      (guest.memory.region as { plainWrite: boolean }).plainWrite = false;
      return 0;
    };
    guest.cpu.setState({ eax: 0x77 });
    guest.run();
    expect(guest.memory.log).toEqual(["w1 3000=77"]);
    expect(guest.memory.bytes[0x3000]).toBe(0x77);
  });

  it("look windows up again after a commit", () => {
    const guest = new Guest([0xa0, 0x00, 0x30, 0xe6, 0x80, 0xa0, 0x00, 0x30, 0xf4]);
    guest.ports.store = (): number => {
      const other = guest.memory.bytes.slice();
      other[0x3000] = 0x99;
      guest.memory.commit(other);
      return 0;
    };
    expect(guest.run().eax & 0xff).toBe(0x99);
  });

  it("wrap at 1 MiB while address line 20 is held", () => {
    // mov ax,0xffff; mov ds,ax; mov al,[0x10]; hlt
    const code = [0xb8, 0xff, 0xff, 0x8e, 0xd8, 0xa0, 0x10, 0x00, 0xf4];
    const guest = new Guest(code, { size: 2 << 20 });
    guest.put(0, [0x55]);
    guest.put(0x100000, [0xaa]);
    expect(guest.run().eax & 0xff).toBe(0xaa);
    const wrapped = new Guest(code, { size: 2 << 20 });
    wrapped.put(0, [0x55]);
    wrapped.put(0x100000, [0xaa]);
    wrapped.cpu.setA20(false);
    expect(wrapped.run().eax & 0xff).toBe(0x55);
  });

  it("move and fill across pages in both directions", () => {
    for (const down of [false, true]) {
      // cld/std; rep movsb; hlt
      const guest = new Guest([down ? 0xfd : 0xfc, 0xf3, 0xa4, 0xf4]);
      for (let k = 0; k < 9000; k++) guest.memory.bytes[0x20ff + k] = (k * 7) & 0xff;
      const add = down ? 8999 : 0;
      guest.cpu.setState({ ecx: 9000, esi: 0x20ff + add, edi: 0x9001 + add });
      guest.run();
      expect(guest.memory.bytes.slice(0x9001, 0x9001 + 9000)).toEqual(
        guest.memory.bytes.slice(0x20ff, 0x20ff + 9000),
      );
    }
  });

  it("repeat a pattern when source and target overlap", () => {
    const guest = new Guest([0xfc, 0xf3, 0xa4, 0xf4]);
    guest.put(0x3000, [1, 2, 3]);
    guest.cpu.setState({ ecx: 9, esi: 0x3000, edi: 0x3003 });
    guest.run();
    expect([...guest.memory.bytes.slice(0x3000, 0x300c)]).toEqual([
      1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3,
    ]);
  });
});

describe("paging", () => {
  it("reports write, protection and user in the error code and the address in CR2", () => {
    // mov [0x5000],al
    const guest = new Guest([0xa2, 0x00, 0x50, 0x00, 0x00]).flat(3).paged();
    guest.memory.view.setUint32(0x11000 + 5 * 4, 0x5005, true);
    const s = guest.run();
    expect(vectorOf(s)).toBe(14);
    expect(s.cr2).toBe(0x5000);
    expect(guest.memory.view.getUint32(s.esp, true)).toBe(7);
    expect(guest.memory.view.getUint32(s.esp + 4, true)).toBe(0x1000);
  });

  it("sets the accessed and dirty bits", () => {
    const guest = new Guest([0xa0, 0x00, 0x50, 0, 0, 0xa2, 0x00, 0x60, 0, 0, 0xf4]).flat().paged();
    guest.run();
    expect(guest.memory.view.getUint32(0x11000 + 5 * 4, true)).toBe(0x5027);
    expect(guest.memory.view.getUint32(0x11000 + 6 * 4, true)).toBe(0x6067);
  });

  it("leaves registers and memory alone when a push of PUSHA faults", () => {
    const guest = new Guest([0x60]).flat().paged();
    guest.memory.view.setUint32(0x11000 + 0x8f * 4, 0, true);
    guest.cpu.setState({ esp: 0x90008, idtr: { base: 0x600, limit: 0xff } });
    // The handler's stack is fine: only the second page down is missing.
    guest.cpu.run(1);
    const s = guest.cpu.state();
    expect(s.cr2).toBe(0x8fffc);
  });

  it("stops a repeated move at the element that faults", () => {
    const guest = new Guest([0xf3, 0xa5, 0xf4]).flat().paged();
    guest.memory.view.setUint32(0x11000 + 0x31 * 4, 0, true);
    guest.cpu.setState({ ecx: 100, esi: 0x20000, edi: 0x30ff0 });
    const s = guest.run();
    expect(vectorOf(s)).toBe(14);
    expect([s.ecx, s.esi, s.edi, s.cr2]).toEqual([96, 0x20010, 0x31000, 0x31000]);
    expect(guest.memory.view.getUint32(s.esp + 4, true)).toBe(0x1000);
  });

  it("forgets a translation on INVLPG", () => {
    // mov al,[0x5000]; mov dword [0x11014],0x6007; invlpg [0x5000]; mov ah,[0x5000]; hlt
    const guest = new Guest([
      0xa0, 0x00, 0x50, 0, 0, 0xc7, 0x05, 0x14, 0x10, 0x01, 0, 0x07, 0x60, 0, 0, 0x0f, 0x01, 0x3d,
      0x00, 0x50, 0, 0, 0x8a, 0x25, 0x00, 0x50, 0, 0, 0xf4,
    ])
      .flat()
      .paged();
    guest.put(0x5000, [1]);
    guest.put(0x6000, [2]);
    expect(guest.run().eax & 0xffff).toBe(0x0201);
  });

  it("translates for a debugger without touching the tables", () => {
    const guest = new Guest([0xf4]).flat().paged();
    expect(guest.cpu.translateDebug(0x5123)).toBe(0x5123);
    expect(guest.cpu.translateDebug(0x40000000)).toBeNull();
    expect(guest.memory.view.getUint32(0x11000 + 5 * 4, true)).toBe(0x5007);
  });
});

describe("protection", () => {
  it("refuses privileged instructions at level 3, and switches stacks", () => {
    const guest = new Guest([0xf4]).flat(3);
    const s = guest.run();
    expect(vectorOf(s)).toBe(13);
    expect(s.cpl).toBe(0);
    expect(s.esp).toBe(0x7000 - 24);
    expect(guest.memory.view.getUint32(0x7000 - 4, true)).toBe(0x23);
  });

  it("checks limits, also of expand-down segments", () => {
    const guest = new Guest([0xa0, 0x00, 0x20, 0, 0, 0xa0, 0xff, 0x1f, 0, 0, 0xf4]).flat();
    guest.cpu.setState({ ds: { selector: 0x10, base: 0, limit: 0x1fff, flags: 0x409700 } });
    const s = guest.run();
    expect(vectorOf(s)).toBe(13);
    expect(guest.memory.view.getUint32(s.esp + 4, true)).toBe(0x1005);
  });

  it("refuses stores to code segments", () => {
    const guest = new Guest([0x2e, 0xa2, 0x00, 0x20, 0, 0, 0xf4]).flat();
    expect(vectorOf(guest.run())).toBe(13);
  });
});
