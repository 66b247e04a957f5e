import { describe, expect, it } from "vitest";

import { MonitorConsole, PROMPT } from "../../src/monitor/console.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { qemuOnlyCommands } from "../../src/monitor/qemu-only.js";
import type { MonitorTarget } from "../../src/monitor/target.js";
import { PipedLines } from "../../src/terminal/piped-lines.js";
import { MIB, Rig } from "../support/board-rig.js";

const newPc = () => new Rig({ ramSize: 64 * MIB }).pc;
/** The PC of the lines that only look at it. */
const shownPc = newPc();

/** What a monitor prints that is asked one line, which changes nothing. */
const shown = (line: string): string => monitorRig(shownPc).run(line);

/** A monitor on a PC whose processor does nothing, and what it printed. */
function monitorRig(pc = newPc()): {
  monitor: Monitor;
  events: string[];
  run(line: string): string;
} {
  const events: string[] = [];
  const target: MonitorTarget = {
    pc,
    name: "box",
    status: "running",
    stop: () => events.push("stop"),
    cont: () => events.push("cont"),
    reset: () => events.push("reset"),
    quit: () => events.push("quit"),
  };
  let printed = "";
  const monitor = new Monitor(target, (text) => {
    printed += text;
  });
  const run = (line: string): string => {
    printed = "";
    monitor.execute(line);
    return printed;
  };
  const address = 0x1000;
  const bytes = [..."AB\n'\\\r\x00\xff"].map((char) => char.charCodeAt(0));
  pc.memory.write(address, Uint8Array.from([...bytes, 1, 2, 3, 4, 5, 6, 7, 0x88]));
  return { monitor, events, run };
}

describe("xp", () => {
  it.each([
    ["xp 0x1000", ["0000000000001000: 0x270a4241"]],
    ["xp /4xw 0x1000", ["0000000000001000: 0x270a4241 0xff000d5c 0x04030201 0x88070605"]],
    [
      "xp /6xw 0x1000",
      [
        "0000000000001000: 0x270a4241 0xff000d5c 0x04030201 0x88070605",
        "0000000000001010: 0x00000000 0x00000000",
      ],
    ],
    ["xp/2xh 0x1000", ["0000000000001000: 0x4241 0x270a"]],
    ["xp /xb 4096", ["0000000000001000: 0x41"]],
    ["xp /bx 010000", ["0000000000001000: 0x41"]],
    ["xp /2gx 0x1000", ["0000000000001000: 0xff000d5c270a4241 0x8807060504030201"]],
    ["xp /3ub 0x1006", ["0000000000001006:   0 255   1"]],
    ["xp /2db 0x1007", ["0000000000001007: 255   1"]],
    ["xp /2dw 0x1008", ["0000000000001008:   67305985 2282161669"]],
    ["xp /1dg 0x1008", ["0000000000001008: -8644934341102468607"]],
    ["xp /1ug 0x1008", ["0000000000001008:  9801809732607083009"]],
    ["xp /3ob 0x1006", ["0000000000001006:   0 0377  01"]],
    ["xp /8cb 0x1000", ["0000000000001000: 'A' 'B' '\\n' '\\'' '\\\\' '\\r' '\\x00' '\\xff'"]],
    ["xp /2c 0x1000", ["0000000000001000: 'A' 'B' '\\n' '\\'' '\\\\' '\\r' '\\x00' '\\xff'"]],
    ["xp /0x 0x1000", []],
    ["xp /1xb (0x800+2)*2-1*4", ["0000000000001000: 0x41"]],
    ["xp /1xb 0x1001 & ~1", ["0000000000001000: 0x41"]],
    ["xp /2xw 0xf000000000000", ["000f000000000000: Cannot access memory"]],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected.map((text) => `${text}\n`).join(""));
  });

  it("prints instructions as QEMU does", () => {
    const { run } = monitorRig();
    expect(run("xp /3i 0x1000")).toBe(
      [
        "0x00001000:  41                       incl     %ecx",
        "0x00001001:  42                       incl     %edx",
        "0x00001002:  0a 27                    orb      (%edi), %ah",
        "",
      ].join("\n"),
    );
    expect(run("xp /2i 0xf000000000000")).toBe("0xf000000000000: unable to read memory\n");
  });

  it("keeps format and size for the next dump", () => {
    const { run } = monitorRig();
    run("xp /1ob 0x1000");
    expect(run("xp 0x1001")).toBe("0000000000001001: 0102\n");
    expect(run("print 8")).toBe("010\n");
  });

  it.each([
    ["xp", "unexpected end of expression"],
    ["xp /z 0", "invalid char in format: 'z'"],
    ["xp 1 2", "xp: extraneous characters at the end of line"],
    ["xp 1/0", "division by zero"],
    ["xp (1", "')' expected"],
    ["xp hello", "invalid char 'h' in expression"],
    ["xp 018", "xp: extraneous characters at the end of line"],
    ["xp 0x10000000000000000", "number too large"],
    ["xp /-1x 0", "invalid char in format: '-'"],
    ["xp /x$pc", "invalid char in format: '$'"],
    ["xp $nothing", "unknown register"],
    ["xp /9999999x 0", "1048576 values at most"],
  ])("refuses %s", (line, message) => {
    expect(shown(line)).toBe(`${message}\nTry "help xp" for more information\n`);
  });
});

describe("print", () => {
  it.each([
    ["print 16", "0x10\n"],
    ["p/d 0-3", "-3\n"],
    ["p /u 7", "7\n"],
    ["p /c 65", "'A'\n"],
    ["p /x 'A'+1", "0x42\n"],
    ["p 1|2*4", "0x9\n"],
    ["p 7%4^1", "0x2\n"],
    ["p 1 + 2 - 4 & 5", "0xffffffffffffffff\n"],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });
});

describe("commands on the machine", () => {
  it.each([
    ["stop", "stop"],
    ["s", "stop"],
    ["cont", "cont"],
    ["c", "cont"],
    ["system_reset", "reset"],
    ["quit", "quit"],
    ["  q  ", "quit"],
  ])("%s", (line, event) => {
    const { run, events } = monitorRig();
    expect(run(line)).toBe("");
    expect(events).toEqual([event]);
  });

  it("refuse arguments", () => {
    const { run, events } = monitorRig();
    expect(run("quit now")).toBe(
      'quit|q: extraneous characters at the end of line\nTry "help quit" for more information\n',
    );
    expect(events).toEqual([]);
  });
});

describe("what is no command", () => {
  it.each([
    ["foo", "unknown command: 'foo'\n"],
    ["foo /4x 1", "unknown command: 'foo'\n"],
    ["info foo bar", "unknown command: 'info foo'\n"],
    ["/4x", "unknown command: '/4x'\n"],
    ["help foo", "unknown command: 'foo'\n"],
    ["", ""],
    ["   ", ""],
    ["inof", "unknown command: 'inof'\ndid you mean info?\n"],
    ["info stauts", "unknown command: 'info stauts'\ndid you mean info status?\n"],
    [
      "savevm x",
      "unknown command: 'savevm'\n" +
        "a command of QEMU that is not here: the state of a machine cannot be saved\n",
    ],
    [
      "info usbhost",
      "unknown command: 'info usbhost'\na command of QEMU that is not here: there is no USB\n",
    ],
  ])("%j", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });
});

describe("info", () => {
  it.each([
    ["info status", "VM status: running\n"],
    ["info name", "box\n"],
    [
      "info pic",
      [
        "ioapic0: ver=0x20 id=0x00 sel=0x00",
        ...Array.from(
          { length: 24 },
          (_unused, pin) =>
            `  pin ${String(pin).padEnd(2)} 0x0000000000010000 dest=0 vec=0   ` +
            "active-hi edge  masked fixed  physical",
        ),
        "  IRR      (none)",
        "  Remote IRR (none)",
        "pic1: irr=00 imr=00 isr=00 hprio=0 irq_base=00 rr_sel=0 elcr=00 fnm=0",
        "pic0: irr=00 imr=00 isr=00 hprio=0 irq_base=00 rr_sel=0 elcr=00 fnm=0",
        "",
      ].join("\n"),
    ],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  it("lists the PCI functions", () => {
    expect(shown("info pci")).toContain(
      [
        "  Bus  0, device   1, function 1:",
        "    IDE controller: PCI device 8086:7010",
        "      PCI subsystem 1af4:1100",
        "      BAR4: I/O at 0xffffffffffffffff [0x000e].",
        '      id ""',
        "  Bus  0, device   1, function 3:",
        "    Bridge: PCI device 8086:7113",
        "      PCI subsystem 1af4:1100",
        "      IRQ 0, pin A",
        '      id ""',
      ].join("\n"),
    );
  });

  it("shows the memory trees, a blank line after each", () => {
    const text = shown("info mtree");
    expect(text).toMatch(/^address-space: cpu-memory-0\naddress-space: memory\n {2}0{16}-f{16} /m);
    expect(text).toMatch(/[^\n]\n\nmemory-region: /);
    expect(text.endsWith("\n\n")).toBe(true);
  });

  it("numbers the flat views", () => {
    const text = shown("info mtree -f");
    expect(text).toMatch(/^FlatView #0\n AS "/);
    expect(text).toContain("\n\nFlatView #1\n");
    expect(text).toContain(
      "  00000000000e0000-00000000000fffff (prio 0, rom): pc.bios @0000000000020000\n",
    );
  });

  it("takes mtree's flags together and apart", () => {
    const { run } = monitorRig();
    expect(run("info mtree -fo")).toBe(run("info mtree -f -o"));
    expect(run("info mtree -o")).toContain(" owner:{");
    expect(run("info mtree -D")).toContain("[disabled]");
    expect(run("info mtree")).not.toContain("[disabled]");
    expect(run("info mtree -f -d")).not.toBe(run("info mtree -f"));
  });

  it.each([
    ["info mtree -x", "mtree: unsupported option -x"],
    ["info mtree f", "mtree: extraneous characters at the end of line"],
    ["info registers -x", "registers: unsupported option -x"],
    ["info registers 0", "registers: extraneous characters at the end of line"],
  ])("refuses %s", (line, message) => {
    const command = line.split(" ").slice(0, 2).join(" ");
    expect(shown(line)).toBe(`${message}\nTry "help ${command}" for more information\n`);
  });

  it("shows the registers of the only processor, and of all", () => {
    const { run } = monitorRig();
    const one = run("info registers");
    expect(one).toMatch(/^\nCPU#0\n/);
    expect(run("info registers -a")).toBe(`${one}\n`);
  });

  it("offers help under the name that was typed", () => {
    expect(shown("p 1/0")).toBe('division by zero\nTry "help p" for more information\n');
  });

  it("shows the objects", () => {
    const { run } = monitorRig();
    expect(run("info qom-tree")).toMatch(/^\/machine \(.*\)\n {2}\//);
    expect(run("info qom-tree /machine/nowhere")).toMatch(/could not be resolved/);
  });
});

describe("help", () => {
  it("is a line a command", () => {
    const { run } = monitorRig();
    expect(run("help x")).toBe("x /fmt addr -- virtual memory dump starting at 'addr'\n");
    expect(run("help info status")).toMatch(/^info status {2}-- /);
    const lines = run("help").trimEnd().split("\n");
    expect(lines).toContain("quit|q  -- quit the emulator");
    expect(lines).toEqual([...lines].sort());
    expect(run("help info")).toBe(run("info"));
  });
});

describe("completion", () => {
  it.each([
    ["inf", ["info"]],
    ["system_r", ["system_reset"]],
    ["info mt", ["mtree"]],
    ["info mtree --", ["--json"]],
    ["help info st", ["status"]],
    ["help qu", ["quit"]],
    ["x /4xw $ei", ["$eip"]],
    ["explain -", ["-p"]],
    ["info qom-tree /machine/i440", ["/machine/i440fx/"]],
    ["trace o", ["on", "off"]],
    ["info qom-tree /nowhere/", []],
    ["qom-get /machine/i44", ["/machine/i440fx/"]],
    ["qom-get /machine/i440fx ty", ["type"]],
    ["qom-set /machine/i440fx ty", []],
    ["qom-get /machine/nowhere t", []],
    ["qom-get /machine/i440fx type ", []],
    ["nonsense ", []],
  ])("%j", (line, words) => {
    const { pc } = new Rig({ ramSize: MIB });
    const state = { eip: 0, eflags: 2 };
    const cpu = Object.assign(Object.create(pc.cpu) as typeof pc.cpu, { state: () => state });
    const target: MonitorTarget = {
      pc: Object.create(pc, { cpu: { value: cpu } }) as typeof pc,
      name: null,
      status: "running",
      stop: () => undefined,
      cont: () => undefined,
      reset: () => undefined,
      quit: () => undefined,
    };
    expect(new Monitor(target, () => undefined).complete(line).words).toEqual(words);
  });

  it("offers no command of QEMU's that is not there, and misses none that is", () => {
    const { monitor } = monitorRig();
    const here = [
      ...monitor.complete("").words,
      ...monitor.complete("info ").words.map((word) => `info ${word}`),
    ];
    expect(qemuOnlyCommands.filter((name) => here.includes(name))).toEqual([]);
    expect(here).toContain("info qom-tree");
  });
});

describe("info mtree --json", () => {
  it("is the trees and the flat views", () => {
    const { run } = monitorRig();
    const data = JSON.parse(run("info mtree --json"));
    expect(Object.keys(data)).toEqual(["trees", "aliased", "flatViews"]);
    const names = data.trees.map(({ addressSpaces }: { addressSpaces: string[] }) => addressSpaces);
    expect(names.flat()).toContain("cpu-memory-0");
    // Each line of the text is a region of the data.
    const count = (regions: { subregions: [] }[]): number =>
      regions.reduce((sum, { subregions }) => sum + 1 + count(subregions), 0);
    const all = JSON.parse(run("info mtree --json -D"));
    const regions = [...all.trees.map(({ root }: { root: never }) => root), ...all.aliased];
    const lines = run("info mtree -D").match(/\(prio /g);
    expect(count(regions)).toBe(lines?.length);
    expect(JSON.stringify(all)).toContain('"name":"pam-ram"');
    expect(JSON.stringify(data)).not.toContain('"name":"pam-ram"');
    const system = data.flatViews.find(({ root }: { root: string }) => root === "system");
    expect(system.ranges[0]).toEqual({
      start: "0x0",
      end: "0xbffff",
      priority: 0,
      kind: "ram",
      region: "pc.ram",
      offset: "0x0",
    });
  });

  it("is the flat views alone with -f, and has their owners with -o", () => {
    const { run } = monitorRig();
    const { flatViews } = JSON.parse(run("info mtree --json"));
    expect(JSON.parse(run("info mtree --json -f"))).toEqual({ flatViews });
    expect(run("info mtree -f --json -D")).toBe(run("info mtree --json -f"));
    const owned = JSON.parse(run("info mtree -fo --json")).flatViews;
    const ranges = owned.flatMap(({ ranges: of }: { ranges: { owner: string | null }[] }) => of);
    // Each range that the text gives an owner has it as data.
    const lines = run("info mtree -f -o").match(/ owner:\{/g);
    expect(lines?.length).toBeGreaterThan(0);
    expect(ranges.filter(({ owner }: { owner: string | null }) => owner !== null)).toHaveLength(
      lines?.length ?? 0,
    );
  });

  it("has neither the look-up nor the counts, and refuses what is no flag", () => {
    expect(shown("info mtree --json -d")).toMatch(/^mtree: -d: --json goes with -f, -o and -D/);
    expect(shown("info mtree --json -fc")).toMatch(/^mtree: -c: --json goes with -f, -o and -D/);
    expect(shown("info mtree --json -x")).toMatch(/^mtree: unsupported option -x/);
    expect(shown("info mtree --json all")).toMatch(/^mtree: extraneous characters/);
  });
});

describe("a dialogue", () => {
  it("echoes, answers, prompts, and ends at quit", () => {
    const { pc } = new Rig({ ramSize: MIB });
    let printed = "";
    let quits = 0;
    const monitor = new MonitorConsole(
      {
        pc,
        name: null,
        status: "paused",
        stop: () => undefined,
        cont: () => undefined,
        reset: () => undefined,
        quit: () => quits++,
      },
      (handler) =>
        new PipedLines(handler, (text) => {
          printed += text;
        }),
    );
    monitor.focus();
    for (const char of "info status\r\nquit\ninfo status\n") {
      monitor.feed(char.charCodeAt(0));
    }
    expect(printed).toBe(
      `Type 'help' for the commands.\n${PROMPT}info status\nVM status: paused\n${PROMPT}quit\n`,
    );
    expect(quits).toBe(1);
  });
});
