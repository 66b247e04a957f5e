/** Commands that switch what is around the machine: its log, its watchdog, its character devices. */
import { LocalApics } from "@mem/x86";
import { describe, expect, it } from "vitest";

import { LocalBackend } from "../../src/chardev/character-backend.js";
import { CharacterDeviceError, CharacterDevices } from "../../src/chardev/character-devices.js";
import { CliError } from "../../src/cli/cli-error.js";
import { MachineLog } from "../../src/cli/log.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { lapicText } from "../../src/monitor/text/machine/lapic-text.js";
import type { WatchdogAction } from "../../src/device/watchdog-actions.js";
import { MIB, Rig } from "../support/board-rig.js";

class Nowhere extends LocalBackend {
  readonly filename = "null";
  write(): void {}
}

function bench(): {
  run(line: string): string;
  log: MachineLog;
  lines: string[];
  file: string[];
  actions: { watchdog: WatchdogAction };
} {
  const lines: string[] = [];
  const file: string[] = [];
  const log = new MachineLog(
    new Set(["guest_error" as const]),
    (line) => lines.push(line),
    (path) => {
      if (path !== "/log") throw new CliError(`cannot write "${path}": no such file or directory`);
      return { write: (byte) => file.push(String.fromCharCode(byte)) };
    },
  );
  const characters = new CharacterDevices((label, text) => {
    if (!text.startsWith("null"))
      throw new CharacterDeviceError(`'${text}' is not a valid char driver name`);
    return { label: label ?? "c1", backend: new Nowhere() };
  });
  const actions: { watchdog: WatchdogAction } = { watchdog: "reset" };
  let printed = "";
  const nothing = (): void => undefined;
  const target = {
    ...{ pc: new Rig({ ramSize: 64 * MIB }).pc, name: null, status: "running" },
    ...{ stop: nothing, cont: nothing, reset: nothing, quit: nothing },
    ...{ log, characters, actions },
  };
  const monitor = new Monitor(target, (text) => (printed += text));
  const run = (line: string): string => {
    printed = "";
    monitor.execute(line);
    return printed;
  };
  return { run, log, lines, file, actions };
}

describe("the log", () => {
  it("is chosen, and goes where it is told to", () => {
    const { run, log, lines, file } = bench();
    log.log("guest_error", "one\nmore");
    log.log("unimp", "two");
    expect(run("log unimp")).toBe("");
    log.log("guest_error", "three");
    log.log("unimp", "four");
    log.log("callback", "five");
    expect(lines).toEqual(["one", "four", "five"]);
    expect(run("logfile /log")).toBe("");
    expect(run("log none,guest_errors")).toBe("");
    log.log("guest_error", "six");
    expect([lines.length, file.join("")]).toEqual([3, "six\n"]);
    expect(run("logfile /nowhere/x")).toBe(
      "Error opening logfile /nowhere/x: No such file or directory\n",
    );
    expect(run("log all")).toBe("");
    expect(run("log none")).toBe("");
    log.log("guest_error", "seven");
    expect(file.join("")).toBe("six\n");
  });

  it("lists what there is, where a word is none of it", () => {
    const { run, log, lines } = bench();
    const help = run("log bogus,unimp");
    expect(help.split("\n").slice(0, 3)).toEqual([
      "Log items (comma separated):",
      "none            remove all logs",
      "unimp           log unimplemented functionality",
    ]);
    log.log("guest_error", "as before");
    expect(lines).toEqual(["as before"]);
    expect(run("log")).toContain("log: string expected");
    expect(run("logfile")).toContain("logfile: filename expected");
  });
});

describe("commands in QEMU's words", () => {
  it("character devices come and go", () => {
    const { run } = bench();
    const said = [
      ...["chardev-add null,id=c1", "chardev-add null,id=c1", "chardev-add bogus", "info chardev"],
      ...["chardev-change c9 null", "chardev-change c1 null", "chardev-send-break c1"],
      ...["chardev-send-break x", "chardev-remove c1", "chardev-remove c1", "info chardev"],
    ].map(run);
    expect(said).toEqual([
      "",
      "Error: Chardev with id 'c1' already exists\n",
      "Error: 'bogus' is not a valid char driver name\n",
      "c1: filename=null\n",
      "Error: Chardev 'c9' does not exist\n",
      ...["", ""],
      "Error: Chardev 'x' not found\n",
      "",
      "Error: Chardev 'c1' not found\n",
      "",
    ]);
    expect(run("chardev-add help")).toContain("Available chardev backend types: \n  stdio\n");
    expect(run("chardev-change c1")).toContain("chardev-change: string expected");
  });

  it("the watchdog's action is another", () => {
    const { run, actions } = bench();
    expect(run("watchdog_action pause")).toBe("");
    expect(actions.watchdog).toBe("pause");
    expect(run("watchdog_action bite")).toBe("Error: invalid parameter value: bite\n");
    expect(actions.watchdog).toBe("pause");
  });

  it("memory and processors are listed", () => {
    const { run } = bench();
    expect(run("info memdev").split("\n").slice(0, 2)).toEqual([
      "memory backend: pc.ram",
      `  size:  ${64 * MIB}`,
    ]);
    expect(run("info hotpluggable-cpus")).toContain('qom_path: "/machine/unattached/device[0]"');
    expect(run("info lapic 7")).toBe("No CPU available\n");
  });

  it.each([
    ["", 'screendump: filename expected\nTry "help screendump" for more information\n'],
    ["s.png -f", "screendump: value expected for -f\n"],
    ["s.ppm -x", "screendump: unsupported option -x\n"],
    ["s.gif -f gif", "Error: invalid parameter value: gif\n"],
    ["s.png vga0 0", "Error: Device 'vga0' not found\n"],
    ["s.png -f png vga0", "Error: Device 'vga0' not found\n"],
    ['"s 1.png" -f png', "Error: There is no console to take a screendump from\n"],
  ])("a screendump is refused in QEMU's words: %s", (argument, answer) => {
    expect(bench().run(`screendump ${argument}`.trim())).toContain(answer);
  });
});

describe("info lapic", () => {
  const apic = (): ReturnType<LocalApics["add"]> =>
    new LocalApics().add({
      id: 0,
      isBootstrap: true,
      clock: { nowNs: () => 0, timer: () => ({ arm: () => undefined, cancel: () => undefined }) },
      acknowledgeExternal: () => 0,
    });

  it("is what QEMU 7.2 shows after SeaBIOS has started a second processor", () => {
    const one = apic();
    // Switched on first: until then every entry is masked.
    one.write(0x0f, 0x1ff);
    one.write(0x35, 0x8700);
    one.write(0x36, 0x8400);
    one.write(0x30, 0xc4610);
    expect(lapicText(one, 0).split("\n")).toEqual([
      "dumping local APIC state for CPU 0 ",
      "",
      "LVT0\t 0x00008700 active-hi level                             ExtINT (vec 0)",
      "LVT1\t 0x00008400 active-hi level                             NMI   ",
      "LVTPC\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)",
      "LVTERR\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)",
      "LVTTHMR\t 0x00010000 active-hi edge  masked                      Fixed  (vec 0)",
      "LVTT\t 0x00010000 active-hi edge  masked         one-shot     Fixed  (vec 0)",
      "Timer\t DCR=0x0 (divide by 2) initial_count = 0 current_count = 0",
      "SPIV\t 0x000001ff APIC enabled, focus=off, spurious vec 255",
      "ICR\t 0x000c4610 physical edge assert all",
      "ICR2\t 0x00000000",
      "ESR\t 0x00000000",
      "ISR\t (none)",
      "IRR\t (none)",
      "",
      "APR 0x00 TPR 0x00 DFR 0x0f LDR 0x00 PPR 0x00",
    ]);
  });

  it("names vectors, the divisor and whom an interrupt was sent to", () => {
    const one = apic();
    one.write(0x0f, 0x3ff);
    one.write(0x3e, 0xb);
    one.write(0x32, 0x2_0030);
    one.accept(0, 0x41, 1);
    one.accept(0, 0x90, 0);
    one.write(0x31, 0x0300_0000);
    one.write(0x30, 0x0800);
    const text = lapicText(one, 1);
    expect(text).toContain("CPU 1 \n");
    expect(text).toContain("DCR=0xb (divide by 1)");
    expect(text).toContain("periodic     Fixed  (vec 48)");
    expect(text).toContain("focus=on, spurious vec 255");
    expect(text).toContain("ICR\t 0x00000800 logical edge de-assert no-shorthand");
    expect(text).toContain("ICR2\t 0x03000000 mask 0x03");
    expect(text).toContain("IRR\t 65(level) 144 \n");
  });
});
