/** qtest: verbs, malformed lines, interrupts, the clock. */
import { describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/index.js";
import { LocalBackend } from "../../src/chardev/character-backend.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { QtestServer } from "../../src/qtest/qtest-server.js";
import { Random } from "@mem/common";

/** How much noise is made: more, where it is asked for. */
const NOISE = Number(process.env["MEM_PROTOCOL_NOISE"] ?? 2_000);

class Wire extends LocalBackend {
  readonly filename = "wire";
  sent = "";
  write(byte: number): void {
    this.sent += String.fromCharCode(byte);
  }
}

interface Rig {
  readonly pc: PcMachine;
  readonly wire: Wire;
  /** The answers to `text`. */
  say(text: string): string[];
}

function rig(withClock = true): Rig {
  const clock = new InstructionClock(1);
  const pc = new PcMachine({ ramSize: 2 ** 24, bios: embeddedFirmware(), vga: false, clock });
  const wire = new Wire();
  const { memory, io } = pc;
  new QtestServer(wire, {
    memory,
    io,
    clock: withClock ? clock : null,
    objects: pc.machine.objects,
    devices: pc.devices,
    served: () => pc.serveRequests(),
  });
  return {
    pc,
    wire,
    say: (text) => {
      wire.sent = "";
      for (const byte of new TextEncoder().encode(`${text}\n`)) wire.receive?.(byte);
      return wire.sent.split("\n").slice(0, -1);
    },
  };
}

/** What QEMU 7.2 answers, in one session. */
const ANSWERS: readonly (readonly [line: string, answer: string])[] = [
  ["endianness", "OK little"],
  ["endianness x y z", "OK little"],
  ["outb 0x70 0x0a", "OK"],
  ["inb 0x71", "OK 0x0026"],
  ["outl 0xcf8 0x80000000", "OK"],
  ["inl 0xcfc", "OK 0x12378086"],
  ["inb 0x70 extra", "OK 0x00ff"],
  ["inb 112", "OK 0x00ff"],
  ["inb 0160", "OK 0x00ff"],
  ["outw 0x80 0x12345", "OK"],
  ["readb 0x1000", "OK 0x0000000000000000"],
  ["writeq 0x1000 0x1122334455667788", "OK"],
  ["readq 0x1000", "OK 0x1122334455667788"],
  ["readl 0x1000", "OK 0x0000000055667788"],
  ["writeb 0x1000 0x1ff", "OK"],
  ["readb 0x1000", "OK 0x00000000000000ff"],
  ["readb 0xffffffffffffffff", "OK 0x0000000000000000"],
  ["writew 0x1001 0xffff", "OK"],
  ["readw 0x1001", "OK 0x000000000000ffff"],
  ["writel 0x1001 0x100000000", "OK"],
  ["write 0x1000 4 0xaabbccdd", "OK"],
  ["read 0x1000 4", "OK 0xaabbccdd"],
  ["write 0x1000 4 0xaa", "OK"],
  ["read 0x1000 4", "OK 0xaa000000"],
  ["write 0x1000 4 aabbccdd", "OK"],
  ["write 0x1000 2 0xaabbccdd", "OK"],
  ["read 0x1000 4", "OK 0xaabbdd00"],
  ["write 0x1000 4 0xzz112233", "OK"],
  ["read 0x1000 4", "OK 0xff112233"],
  ["write 0x1000 0 0x", "ERR invalid argument size"],
  ["write 0x1000 0 0xaa", "OK"],
  ["memset 0x1000 4 0x5a", "OK"],
  ["read 0x1000 4", "OK 0x5a5a5a5a"],
  ["memset 0x1000 0 0x5a", "OK"],
  ["memset 0x1000 4 0x1ff", "OK"],
  ["b64write 0x1000 3 AQID", "OK"],
  ["b64read 0x1000 3", "OK AQID"],
  ["b64read 0x1000 4", "OK AQID/w=="],
  ["b64write 0x1000 4 AQID", "OK"],
  ["b64read 0x1000 0", "OK "],
  ["irq_intercept_in nosuch", "FAIL Unknown device"],
  ["set_irq_in nosuch x 3 1", "FAIL Unknown device"],
  ["rtas a 1 2 3 4", "FAIL Unknown command 'rtas'"],
  ["module_load a b", "FAIL"],
  ["foo", "FAIL Unknown command 'foo'"],
  ["  ", "FAIL Unknown command ''"],
  [" inb 0x70", "FAIL Unknown command ''"],
  ["INB 0x70", "FAIL Unknown command 'INB'"],
];

/** Lines that have QEMU 7.2 abort. */
const FATAL = [
  ...["inb 0x12345", "inb -1", "inb", "outb 0x70", "inb zzz", "inb  0x70", "inb 0x70\r", ""],
  ...["writeq 0x1000 0x112233445566778899", "readb 0x10000000000000000", "read 0x1000 0"],
  ...["memset 0x1000 4", "irq_intercept_in", "irq_intercept_in /machine", "read 0x1000", "write"],
  ...["read 0x1000 99999999999999", "readb", "clock_step zzz", "clock_set", "b64read 0x1000"],
];

describe("qtest", () => {
  it("answers as QEMU does", () => {
    const { say } = rig();
    expect(ANSWERS.map(([line]) => [line, say(line).join("|")])).toEqual(ANSWERS);
  });

  it.each(FATAL)("goes on after %j", (line) => {
    const { say } = rig();
    expect(say(line).join("|")).toMatch(/^FAIL ./);
    expect(say("endianness")).toEqual(["OK little"]);
  });

  it("moves the clock, and timers are heard", () => {
    const { say, pc } = rig();
    const start = pc.clock.nowNs();
    expect(say("clock_step 100")).toEqual([`OK ${start + 100}`]);
    expect(say("clock_set 5000")).toEqual(["OK 5000"]);
    expect(say("clock_set 3")).toEqual(["OK 5000"]);
    // Channel 0, mode 2, 1,193 counts: 1 ms. The request reaches the controller.
    for (const line of ["outb 0x43 0x34", "outb 0x40 0xa9", "outb 0x40 0x04"]) say(line);
    for (const line of ["outb 0x20 0x11", "outb 0x21 8", "outb 0x21 4", "outb 0x21 1"]) say(line);
    say("outb 0x20 0x0a");
    expect(say("inb 0x20")).toEqual(["OK 0x0000"]);
    say("clock_step 2000000");
    expect(say("inb 0x20")).toEqual(["OK 0x0001"]);
    const before = pc.clock.nowNs();
    expect(Number(say("clock_step")[0]?.split(" ")[1])).toBeGreaterThan(before);
  });

  it("has no clock where time passes by itself", () => {
    const { say } = rig(false);
    expect(say("clock_step 5")).toEqual(["FAIL Unknown command 'clock_step'"]);
  });

  it("a step to the end of time ends", () => {
    const { say } = rig();
    for (const line of ["outb 0x43 0x34", "outb 0x40 2", "outb 0x40 0"]) say(line);
    expect(say("clock_step 0x7fffffffffffffff")[0]).toMatch(/^OK \d+$/);
  });

  it("tells of interrupt lines in place of the controller, and drives them", () => {
    const { say, pc, wire } = rig();
    const pic = pc.board.isa.interrupts.object.canonicalPath() ?? "";
    expect(say(`irq_intercept_in ${pic}`)).toEqual(["OK"]);
    expect(say(`irq_intercept_in ${pic}`)).toEqual(["OK"]);
    const slave = pc.board.isa.interrupts.moreObjects[0]?.canonicalPath() ?? "";
    expect(say(`irq_intercept_in ${slave}`)).toEqual(["FAIL IRQ intercept already enabled"]);
    expect(say(`set_irq_in ${pic} unnamed-gpio-in 3 1`)).toEqual(["IRQ raise 3", "OK"]);
    expect(say(`set_irq_in ${pic} unnamed-gpio-in 3 1`)).toEqual(["OK"]);
    expect(say(`set_irq_in ${pic} unnamed-gpio-in 3 0`)).toEqual(["IRQ lower 3", "OK"]);
    expect(say(`set_irq_in ${pic} unnamed-gpio-in 8 0`)[0]).toMatch(/^FAIL/);
    pc.board.isa.interrupts.line(5).set(true);
    expect(wire.sent).toContain("IRQ raise 5\n");
    expect(pc.board.isa.interrupts.master.registers.irr & 0x28).toBe(0);
    wire.onEvent?.("closed");
    pc.board.isa.interrupts.line(5).set(true);
    expect(pc.board.isa.interrupts.master.registers.irr & 0x20).toBe(0x20);
  });

  it("carries out a reset that a device asked for", () => {
    const { say, pc } = rig();
    say("outb 0x21 0xfe");
    expect(say("inb 0x21")).toEqual(["OK 0x00fe"]);
    expect(say("outb 0xcf9 6")).toEqual(["OK"]);
    expect(say("inb 0x21")).toEqual(["OK 0x0000"]);
    expect(pc.end).toBe(null);
  });

  it("a line that has no end is told when it ends", () => {
    const { say } = rig();
    expect(say("x".repeat(2 ** 25 + 2 ** 13))).toEqual(["FAIL the line is too long"]);
    expect(say("endianness")).toEqual(["OK little"]);
  });

  it(`${NOISE} lines of noise have an answer each`, () => {
    const { say } = rig();
    const random = new Random(7);
    const words = [
      ...[
        "inb",
        "outl",
        "readq",
        "writeb",
        "read",
        "write",
        "memset",
        "b64write",
        "b64read",
        "rtas",
      ],
      ...["clock_step", "clock_set", "irq_intercept_in", "set_irq_in", "0x70", "0xcf8", "-1", "0"],
      ...[
        "99999999999999999999",
        "0x1000",
        "4",
        "0xaabb",
        "AQ==",
        "ioapic",
        "",
        "\r",
        "\xff",
        "zz",
      ],
    ];
    for (let n = 0; n < NOISE; n++) {
      const line = Array.from(
        { length: random.below(6) },
        () => words[random.below(words.length)] ?? "",
      ).join(" ");
      // A step as long as the longest takes its time.
      if (/^clock_s.* 9{9}/.test(line)) continue;
      const answers = say(line).filter((answer) => !answer.startsWith("IRQ "));
      expect(answers, line).toHaveLength(1);
      expect(answers[0], line).toMatch(/^(OK|FAIL|ERR)/);
    }
  });
});
