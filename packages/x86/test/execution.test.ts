import { describe, expect, it } from "vitest";
import { X86Cpu } from "../src/index.js";
import { Guest } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

describe("a processor in real mode", () => {
  it("starts at the reset vector", () => {
    const guest = new Guest([]);
    guest.cpu.reset();
    const s = guest.cpu.state();
    expect([s.cs.base, s.eip, s.eflags, s.cr0]).toEqual([0xffff0000, 0xfff0, 2, 0x60000010]);
  });

  it("runs a loop and counts its instructions", () => {
    // mov cx,5; xor ax,ax; l: add ax,cx; loop l; hlt
    const guest = new Guest([0xb9, 5, 0, 0x31, 0xc0, 0x01, 0xc8, 0xe2, 0xfc, 0xf4]);
    expect(guest.cpu.run(1000)).toBe(13);
    expect(guest.cpu.halted).toBe(true);
    expect(guest.cpu.state().eax).toBe(15);
    expect(guest.cpu.instructionCount).toBe(13);
  });

  it("stops after exactly the instructions it was given", () => {
    const guest = new Guest([0x40, 0x40, 0x40, 0x40]);
    expect(guest.cpu.run(3)).toBe(3);
    expect(guest.cpu.state().eax).toBe(3);
  });

  it("sees code that changes itself, even the very next instruction", () => {
    // mov byte [0x1005],0x48; inc ax (becomes dec ax); hlt
    const guest = new Guest([0xc6, 0x06, 0x05, 0x10, 0x48, 0x40, 0xf4]);
    expect(guest.run().eax & 0xffff).toBe(0xffff);
  });

  it("sees bytes that something else wrote into a code page", () => {
    const guest = new Guest([0x40, 0xeb, 0xfd]);
    guest.cpu.run(10);
    guest.put(0x1000, [0xf4]);
    guest.cpu.run(10);
    expect(guest.cpu.halted).toBe(true);
  });

  it("fetches an instruction that straddles two pages", () => {
    const guest = new Guest([0x66, 0xb8, 0x78, 0x56, 0x34, 0x12, 0xf4], { at: 0x1ffd });
    expect(guest.run().eax).toBe(0x12345678);
  });

  it("runs code from a device, byte by byte", () => {
    const memory = new SimpleBus(0x1000);
    memory.value = 0x40;
    const cpu = new X86Cpu({ memory, io: new SimpleBus(0), acknowledgeInterrupt: () => 0 });
    expect(cpu.run(3)).toBe(3);
    expect(cpu.state().eax).toBe(3);
    expect(memory.log.slice(0, 2)).toEqual(["r1 fffffff0", "r1 fffffff1"]);
  });

  it("keeps the flags POPF loads, contradictory ones too", () => {
    // push word; popf; pushf; pop ax; hlt
    for (const flags of [0x8d5, 0, 0xc0, 0x84, 0x801, 0x4, 0x44, 0x90]) {
      const guest = new Guest([0x68, flags & 0xff, flags >> 8, 0x9d, 0x9c, 0x58, 0xf4]);
      expect(guest.run().eax).toBe(flags | 2);
    }
  });

  it("raises #UD for LOCK on an instruction that cannot carry it", () => {
    const guest = new Guest([0xf0, 0x90]);
    guest.put(6 * 4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    expect(guest.run().eip).toBe(0x2001);
  });

  it("raises #GP for an instruction longer than 15 bytes", () => {
    const long = [...Array.from({ length: 15 }, () => 0x3e), 0x90];
    const guest = new Guest(long);
    guest.put(13 * 4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    expect(guest.run().eip).toBe(0x2001);
    expect(guest.memory.view.getUint16(0x7ffa, true)).toBe(0x1000);
  });

  it("raises #GP for a word at offset 0xffff", () => {
    const guest = new Guest([0xa1, 0xff, 0xff]);
    guest.put(13 * 4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    expect(guest.run().eip).toBe(0x2001);
  });

  it("shuts down when not even a double fault can be delivered", () => {
    const guest = new Guest([0x0f, 0x0b]);
    guest.cpu.setState({ idtr: { base: 0, limit: 3 } });
    guest.cpu.run(100);
    expect(guest.cpu.shutdown).toBe(true);
    guest.cpu.reset();
    expect(guest.cpu.shutdown).toBe(false);
  });
});
