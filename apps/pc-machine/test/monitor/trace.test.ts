import { AccessTrace, type MemoryRegion, MemTxResult } from "@mem/flat";
import { afterEach, describe, expect, it } from "vitest";

import { PcMachine, type PcOptions } from "../../src/board/index.js";
import { Session } from "../../src/cli/run/session.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { RangeSet } from "../../src/monitor/text/range-set.js";
import { expectedTour, PROMPT, tourLines } from "../boot/firmware-support.js";

const MIB = 2 ** 20;
/** More milliseconds than any wait here takes, at least. */
const MOST_POLLS = 20_000;

/** A PC with the embedded firmware, and its monitor. */
class Box {
  readonly serial = new MemoryBackend();
  readonly pc: PcMachine;
  readonly session: Session;
  readonly #monitor: Monitor;
  printed = "";
  #ended: Promise<void> | null = null;

  constructor(options: Partial<PcOptions> = {}) {
    this.pc = new PcMachine({
      ramSize: 16 * MIB,
      bios: embeddedFirmware(),
      serial: [this.serial],
      clock: new InstructionClock(),
      ...options,
    });
    this.session = new Session(this.pc, {
      name: null,
      startStopped: true,
      actions: { reboot: "reset", shutdown: "poweroff", panic: "shutdown", watchdog: "reset" },
      runsGuest: true,
      inputOpen: () => true,
      keepsHaltedGuest: () => true,
    });
    this.#monitor = new Monitor(this.session, (text) => (this.printed += text));
  }

  /** What the monitor answers to a command. */
  run(line: string): string {
    this.printed = "";
    this.#monitor.execute(line);
    return this.printed;
  }

  /** Has the guest go on until something stops it, or it has written `text`. */
  async cont(text: string | null = null): Promise<string> {
    this.#ended ??= this.session.run();
    this.run("cont");
    for (let polls = 0; polls < MOST_POLLS; polls++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (text !== null && this.serial.text.includes(text)) {
        this.#monitor.execute("stop");
      }
      // A machine that was stopped finishes its slice first.
      if (this.session.status !== "running" && !this.pc.running) {
        return this.printed;
      }
    }
    throw new Error(`nothing stopped the guest:\n${this.serial.text}`);
  }

  async end(): Promise<void> {
    this.run("quit");
    await this.#ended;
    this.pc.dispose();
  }
}

const boxes: Box[] = [];

function box(options: Partial<PcOptions> = {}): Box {
  const made = new Box(options);
  boxes.push(made);
  return made;
}

afterEach(async () => {
  for (const each of boxes.splice(0)) await each.end();
});

describe("a PC whose every access is traced", () => {
  it("tours the machine as ever", async () => {
    const traced = box({ vga: true });
    const { pc, serial } = traced;
    const memory = new AccessTrace(pc.memory);
    const ports = new AccessTrace(pc.io);
    await traced.cont(PROMPT);
    expect(tourLines(serial.text)).toEqual(expectedTour());
    const of = (trace: AccessTrace, name: string) =>
      [...trace.counters].find(([region]: [MemoryRegion, unknown]) => region.name === name)?.[1];
    expect(of(memory, "pc.ram")?.fetches).toBeGreaterThan(10_000);
    expect(of(memory, "pc.bios")?.fetches).toBeGreaterThan(10);
    expect(of(memory, "pc.bios")?.decodeErrors).toBe(of(memory, "pc.bios")?.failed);
    expect(of(ports, "serial")?.writes).toBeGreaterThan(serial.text.length);
  });
});

describe("break", () => {
  it("stops after the access, says which, and goes on with cont", async () => {
    const pc = box();
    expect(pc.run("break -p 0x3f8 w 0x4d")).toBe("break 1: I/O 0x3f8\n");
    await pc.cont();
    expect(pc.printed).toMatch(/^break 1: I\/O write 0x3f8 size 1 value 0x4d serial\+0x0\n$/);
    expect(pc.run("info status")).toBe("VM status: paused\n");
    const written = pc.serial.text;
    expect(written.endsWith("M")).toBe(true);
    expect(pc.run("delete 1")).toBe("");
    await pc.cont(PROMPT);
    expect(pc.serial.text.startsWith(written)).toBe(true);
    expect(tourLines(pc.serial.text)).toEqual(expectedTour());
  });

  it("watches memory: reads, writes and instructions", async () => {
    const pc = box();
    // The last bytes of the address space, where the processor begins.
    pc.run("break 0xfffffff0 x");
    await pc.cont();
    expect(pc.printed).toContain(
      "break 1: cpu-memory-0 fetch 0xfffffff0 size 1 value 0xea pc.bios+0xfff0\n",
    );
    pc.run("delete 1");
    await pc.cont(PROMPT);
    pc.run("break 0x300000-0x3000ff w");
    pc.serial.send("w 300010 48 65\r");
    await pc.cont();
    expect(pc.printed).toContain("write 0x300010 size 1 value 0x48 pc.ram+0x300010\n");
    const byte = new Uint8Array(2);
    expect(pc.pc.memory.read(0x300010, byte)).toBe(MemTxResult.OK);
    expect([...byte]).toEqual([0x48, 0]);
    expect(await pc.cont()).toContain("write 0x300011 size 1 value 0x65 pc.ram+0x300011\n");
  });

  it("is not met by the monitor's own looks", () => {
    const pc = box();
    pc.run("break 0x1000 r");
    pc.run("trace on");
    pc.run("cont");
    expect(pc.run("xp /1xb 0x1000")).toBe("0000000000001000: 0x00\n");
    expect(pc.run("x /1xb 0x1000")).toBe("00001000: 0x00\n");
    expect(pc.session.status).toBe("running");
    // As one of anybody else is.
    pc.printed = "";
    pc.pc.memory.load(0x1000, 1);
    expect(pc.printed).toMatch(/^break 1: cpu-memory-0 read 0x1000 /);
    expect(pc.session.status).toBe("paused");
  });

  it("lists its conditions, and forgets them by number", () => {
    const pc = box();
    expect(pc.run("break")).toBe("no break conditions\n");
    pc.run("break 0x400-0x4ff w");
    pc.run("break -p 0x80 rw 17");
    pc.run("break 0x10*0x10");
    expect(pc.run("break")).toBe(
      "1: cpu-memory-0 0x400-0x4ff write\n" +
        "2: I/O 0x80 read, write value 0x11\n" +
        "3: cpu-memory-0 0x100 read, write\n",
    );
    pc.run("delete 2");
    expect(pc.run("break").split("\n")).toHaveLength(3);
    expect(pc.run("break 0")).toBe("break 4: cpu-memory-0 0x0\n");
  });
});

describe("trace", () => {
  it("prints a line for each access to a range, until it is off", async () => {
    const pc = box();
    pc.run("trace on -p 0x3f8-0x3ff");
    await pc.cont("M");
    expect(pc.printed).toMatch(/^I\/O write 0x3f9 size 1 value 0x\d+ serial\+0x1$/m);
    expect(pc.printed).toMatch(/^I\/O read 0x3fd size 1 value 0x60 serial\+0x5$/m);
    expect(pc.printed).toMatch(/^I\/O write 0x3f8 size 1 value 0x4d serial\+0x0$/m);
    expect(pc.printed).not.toMatch(/cpu-memory| 0x3f7 | 0x400 /);
    pc.run("trace off -p");
    await pc.cont(PROMPT);
    expect(pc.printed).toBe("");
  });

  it("counts for info mtree -c, also without printing", async () => {
    const pc = box();
    expect(pc.run("info mtree -c")).toBe(pc.run("info mtree"));
    await pc.cont(PROMPT);
    pc.run("trace on -c -p 0x3f8-0x3ff");
    pc.run("trace on -c");
    pc.serial.send("h\r");
    await pc.cont("> h\r");
    expect(pc.printed).toBe("");
    const text = pc.run("info mtree -c");
    expect(text).toMatch(/i\/o\): serial \[\d+ reads, \d+ writes\]$/m);
    expect(text).toMatch(/ram\): pc\.ram \[\d+ reads, \d+ writes, \d+ fetches\]$/m);
    expect(pc.run("info mtree -f -c")).toMatch(
      /ram\): pc\.ram \[\d+ reads, \d+ writes, \d+ fetches\]$/m,
    );
    const before = /serial \[(\d+) reads/.exec(text)?.[1];
    pc.run("trace off -p 0x3f8-0x3ff");
    pc.serial.send("d 0 1\r");
    await pc.cont("> d 0 1\r");
    expect(/serial \[(\d+) reads/.exec(pc.run("info mtree -c"))?.[1]).toBe(before);
  });

  it("lists what is on", () => {
    const pc = box();
    expect(pc.run("trace")).toBe("nothing is traced\n");
    pc.run("trace on 0xa0000-0xbffff");
    pc.run("trace on 0xc0000 -c");
    pc.run("trace off 0xa8000-0xaffff");
    pc.run("trace on -p");
    expect(pc.run("trace")).toBe(
      "cpu-memory-0 0xa0000-0xa7fff\n" +
        "cpu-memory-0 0xb0000-0xbffff\n" +
        "cpu-memory-0 0xc0000 (counted only)\n" +
        "I/O 0x0-0xffff\n",
    );
    pc.run("trace off");
    expect(pc.run("trace")).toBe("I/O 0x0-0xffff\n");
  });
});

describe("what makes no sense", () => {
  it.each([
    ["trace maybe", "trace: 'on' or 'off' expected"],
    ["trace on 1 2", "trace: extraneous characters at the end of line"],
    ["trace on -z", "trace: unsupported option -z"],
    ["trace on 2-1", "trace: '2-1' is no range of addresses"],
    ["trace on 1-2-3", "trace: '1-2-3' is no range"],
    ["trace on -p 0x10000", "trace: '0x10000' is no range of ports"],
    ["break -c 1", "break: unsupported option -c"],
    ["break -p", "break: a range of ports is missing"],
    ["break 1 q", "invalid char 'q' in expression"],
    ["break 1 w 2 3", "break: extraneous characters at the end of line"],
    ["delete", "delete: the number of a break condition expected"],
    ["delete 1", "delete: there is no break condition 1"],
  ])("%s", (line, message) => {
    expect(box().run(line).split("\n")[0]).toBe(message);
  });
});

describe("a set of ranges", () => {
  it("joins what touches, and splits where something is taken out", () => {
    const set = new RangeSet();
    const shown = (): string => set.ranges.map(({ first, last }) => `${first}-${last}`).join(" ");
    set.add({ first: 10n, last: 19n });
    set.add({ first: 30n, last: 39n });
    set.add({ first: 20n, last: 20n });
    expect(shown()).toBe("10-20 30-39");
    set.add({ first: 5n, last: 35n });
    expect(shown()).toBe("5-39");
    set.remove({ first: 7n, last: 8n });
    set.remove({ first: 39n, last: 50n });
    expect(shown()).toBe("5-6 9-38");
    set.remove({ first: 0n, last: 100n });
    expect(set.isEmpty).toBe(true);
  });
});
