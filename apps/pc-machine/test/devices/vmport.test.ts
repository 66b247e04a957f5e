/** VMware's back door and its mouse, asked by code that runs. */
import { describe, expect, it } from "vitest";

import type { PcOptions } from "../../src/board/options/options.js";
import { PcMachine } from "../../src/board/pc-machine.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { Session } from "../../src/cli/run/session.js";

const MIB = 2 ** 20;
const MAGIC = 0x564d_5868;
const Command = {
  VERSION: 10,
  UUID: 19,
  RAM: 20,
  TIME: 23,
  DATA: 39,
  STATUS: 40,
  ORDER: 41,
} as const;
const Order = { ID: 0x4541_4552, OFF: 0xf5, RELATIVE: 0x4c45_5252, ABSOLUTE: 0x5342_4152 } as const;
const NAMES = ["eax", "ebx", "ecx", "edx", "esi", "edi"] as const;

/** A machine whose processor runs one IN or OUT at a time. */
class Guest {
  readonly messages: string[] = [];
  readonly pc: PcMachine;

  /** @param access the instruction: 0xed reads EAX, 0xec reads AL, 0xef writes EAX */
  constructor(options: Partial<PcOptions> = {}, access = 0xed) {
    const bios = new Uint8Array(0x1_0000).fill(0xf4);
    // A jump to an operand size prefix, the access, and a jump back.
    bios.set([0x66, access, 0xeb, 0xfc], 0xfff0);
    this.pc = new PcMachine({
      ramSize: 16 * MIB,
      bios,
      vga: false,
      clock: new InstructionClock(),
      log: (_category, message) => this.messages.push(message),
      ...options,
    });
  }

  /** The registers after the access. */
  ask(command: number, ebx = 0, eax = MAGIC): number[] {
    const registers = this.pc.cpu.debugger;
    if (registers === undefined) throw new Error("the processor shows no registers");
    const values = [eax, ebx, command, 0x5658, 0x1111, 0x2222];
    NAMES.forEach((name, n) => registers.write(name, BigInt(values[n] ?? 0)));
    registers.write("cs", 0xf000n);
    registers.write("eip", 0xfff0n);
    this.pc.step(1);
    return NAMES.map((name) => Number(registers.read(name)));
  }

  monitor(line: string): string {
    let text = "";
    const session = new Session(this.pc, {
      name: null,
      startStopped: true,
      actions: { reboot: "reset", shutdown: "poweroff", panic: "none", watchdog: "none" },
      runsGuest: false,
      inputOpen: () => false,
      keepsHaltedGuest: () => false,
    });
    new Monitor(session, (printed) => (text += printed)).execute(line);
    return text;
  }
}

describe("the back door", () => {
  it.each([
    ["IN of EAX", 0xed],
    ["OUT of EAX", 0xef],
    ["IN of AL", 0xec],
  ])("answers by registers: %s", (_name, access) => {
    const guest = new Guest({ uuid: Uint8Array.from({ length: 16 }, (_byte, n) => n) }, access);
    expect(guest.ask(Command.VERSION)).toEqual([6, MAGIC, 2, 0x5658, 0x1111, 0x2222]);
    expect(guest.ask(Command.RAM).slice(0, 2)).toEqual([16 * MIB, 0x1177]);
    const uuid = [0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c];
    expect(guest.ask(Command.UUID).slice(0, 4)).toEqual(uuid);
    expect(guest.ask(Command.TIME)[2]).toBe(1_000_000);
  });

  it("says that it does not know a question, and nothing without the number", () => {
    const guest = new Guest();
    expect(guest.ask(0x7f)).toEqual([0xffff_ffff, 0, 0x7f, 0x5658, 0x1111, 0x2222]);
    expect(guest.messages).toEqual(["vmport: unknown command 7f"]);
    expect(guest.ask(Command.VERSION, 7, 1)).toEqual([0xffff_ffff, 7, 10, 0x5658, 0x1111, 0x2222]);
  });

  it.each(["interp", "jit"] as const)("answers a loop that asks again and again: %s", (accel) => {
    const LOOPS = 5000;
    const { pc } = new Guest({ accel });
    const registers = pc.cpu.debugger;
    // Adds up in ESI and EBP what the answers have in EBX and EAX.
    const code = [
      ...[0x66, 0xb8, 0x68, 0x58, 0x4d, 0x56], // mov eax, "VMXh"
      ...[0x66, 0xb9, Command.VERSION, 0, 0, 0], // mov ecx, 10
      ...[0x66, 0x31, 0xdb], // xor ebx, ebx
      ...[0x66, 0xed], // in eax, dx
      ...[0x66, 0x01, 0xde], // add esi, ebx
      ...[0x66, 0x01, 0xc5], // add ebp, eax
      ...[0x66, 0x4f], // dec edi
      ...[0x75, 0xe5], // jnz: from the start
      0xf4,
    ];
    pc.memory.write(0x1000, Uint8Array.from(code));
    const start = { cs: 0, eip: 0x1000, edx: 0x5658, esi: 0, ebp: 0, edi: LOOPS };
    for (const [name, value] of Object.entries(start)) registers?.write(name, BigInt(value));
    for (let n = 0; n < 1000 && !pc.cpu.halted; n++) pc.step(1000);
    expect(pc.cpu.halted).toBe(true);
    const sums = [BigInt.asUintN(32, BigInt(LOOPS) * BigInt(MAGIC)), BigInt(6 * LOOPS)];
    expect([registers?.read("esi"), registers?.read("ebp")]).toEqual(sums);
  });

  it("is not asked by a monitor, and may be left out", () => {
    const guest = new Guest();
    guest.ask(Command.VERSION);
    guest.pc.cpu.debugger?.write("eax", BigInt(MAGIC));
    expect(guest.monitor("i /w 0x5658")).toBe("portl[0x5658] = 0xffffffff\n");
    expect(guest.pc.cpu.debugger?.read("eax")).toBe(BigInt(MAGIC));
    const without = new Guest({ vmport: false });
    expect(without.ask(Command.VERSION)[1]).toBe(0);
    const names = without.pc.devices.map(({ definition }) => definition.name);
    expect(names.filter((name) => name.startsWith("vm"))).toEqual([]);
  });
});

describe("vmmouse", () => {
  const OFF = 0xffff_0000;

  it("is off until its ID is asked for, and again when too much is asked of it", () => {
    const guest = new Guest();
    expect(guest.ask(Command.STATUS)[0]).toBe(OFF);
    guest.ask(Command.ORDER, Order.ID);
    expect(guest.ask(Command.STATUS)[0]).toBe(1);
    expect(guest.ask(Command.DATA, 1)[0]).toBe(0x3442_554a);
    expect(guest.ask(Command.DATA, 1)).toEqual([MAGIC, 1, 39, 0x5658, 0x1111, 0x2222]);
    expect(guest.ask(Command.STATUS)[0]).toBe(OFF);
  });

  it("tells places and buttons, has the PS/2 mouse interrupt, and is forgotten by a reset", () => {
    const guest = new Guest();
    const { input, isa } = guest.pc.board;
    guest.ask(Command.ORDER, Order.ID);
    guest.ask(Command.DATA, 1);
    guest.ask(Command.ORDER, Order.ABSOLUTE);
    isa.i8042.mouse.command(0xf4);
    isa.i8042.mouse.queue.clear();
    expect(guest.monitor("info mice")).toBe(
      "* Mouse #1: vmmouse (absolute)\n  Mouse #0: QEMU PS/2 Mouse\n",
    );
    expect(input.point(0x4000, 300, 1, 0b011)).toBe(true);
    expect(guest.ask(Command.STATUS)[0]).toBe(4);
    expect(guest.ask(Command.DATA, 4).slice(0, 4)).toEqual([0x30, 0x8000, 600, 1]);
    // So that the guest looks.
    expect(isa.i8042.mouse.queue.length).toBeGreaterThan(0);
    // Movements are the PS/2 mouse's, buttons and the wheel are not.
    isa.i8042.mouse.queue.clear();
    input.move(10, 20, -1, 0b100);
    expect(guest.ask(Command.DATA, 4).slice(0, 4)).toEqual([0x08, 0x8000, 600, 0xffff_ffff]);
    guest.pc.reset();
    expect(guest.ask(Command.STATUS)[0]).toBe(OFF);
    expect(input.pointers).toHaveLength(1);
  });

  it("tells movements, too, and keeps 1024 words at most", () => {
    const guest = new Guest();
    const { input } = guest.pc.board;
    guest.ask(Command.ORDER, Order.ID);
    guest.ask(Command.DATA, 1);
    guest.ask(Command.ORDER, Order.RELATIVE);
    input.move(5, -7);
    expect(guest.ask(Command.DATA, 4).slice(0, 4)).toEqual([0, 5, 0xffff_fff9, 0]);
    for (let n = 0; n < 300; n++) input.move(n, 0);
    expect(guest.ask(Command.STATUS)[0]).toBe(1024);
    guest.ask(Command.DATA, 6);
    expect(guest.ask(Command.STATUS)[0]).toBe(1018);
    guest.ask(Command.ORDER, Order.OFF);
    expect(guest.ask(Command.STATUS)[0]).toBe(0xffff_0000 + 1018);
    expect(input.pointers).toHaveLength(1);
  });
});
