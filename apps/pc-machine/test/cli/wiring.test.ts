import { describe, expect, it } from "vitest";

import { parseCommandLine } from "../../src/cli/parse.js";
import { wire, type Wiring } from "../../src/cli/back-ends/wiring.js";

function wiring(text: string): Wiring {
  const request = parseCommandLine(text.split(" ").filter((word) => word !== ""));
  if (request.kind !== "run") {
    throw new Error(`"${text}" does not run`);
  }
  return wire(request.line);
}

const shared = { kind: "stdio", mux: true };
const own = { kind: "stdio", mux: false };
const nowhere = { kind: "null" };

describe("who has the terminal", () => {
  it.each([
    ["", { serial: [shared], monitor: shared, debugcon: null, escapes: true }],
    ["-nographic", { serial: [shared], monitor: shared, debugcon: null, escapes: true }],
    ["-display none", { serial: [shared], monitor: shared, debugcon: null, escapes: true }],
    ["-display curses", { serial: [nowhere], monitor: shared, debugcon: null, escapes: true }],
    ["-display curses -nodefaults", { serial: [], monitor: shared, escapes: true }],
    ["-display curses -monitor none", { serial: [nowhere], monitor: null, escapes: true }],
    ["-accel qtest", { serial: [nowhere], monitor: null, debugcon: null, escapes: false }],
    ["-accel qtest -nographic", { serial: [shared], monitor: shared, escapes: true }],
    ["-nodefaults", { serial: [], monitor: null, debugcon: null, escapes: false }],
    ["-monitor none", { serial: [shared], monitor: null, debugcon: null, escapes: true }],
    ["-monitor stdio", { serial: [nowhere], monitor: own, debugcon: null, escapes: false }],
    ["-serial none -monitor stdio", { serial: [], monitor: own, debugcon: null, escapes: false }],
    ["-serial stdio", { serial: [own], monitor: null, debugcon: null, escapes: false }],
    ["-serial mon:stdio", { serial: [shared], monitor: shared, debugcon: null, escapes: true }],
    [
      "-serial null -serial mon:stdio",
      { serial: [nowhere, shared], monitor: shared, debugcon: null, escapes: true },
    ],
    ["-serial none", { serial: [], monitor: null, debugcon: null, escapes: false }],
    [
      "-serial none -debugcon stdio -global isa-debugcon.iobase=0x402",
      { serial: [], monitor: null, debugcon: own, escapes: false },
    ],
    ["-debugcon stdio", { serial: [nowhere], monitor: null, debugcon: own, escapes: false }],
    [
      "-chardev null,id=d -device isa-debugcon,iobase=0x301,chardev=d -global isa-debugcon.iobase=2",
      { serial: [shared], monitor: shared, debugcon: null, escapes: true },
    ],
    [
      "-chardev stdio,id=d -device isa-serial,chardev=d",
      { serial: [], monitor: null, debugcon: null, escapes: false },
    ],
    [
      "-chardev stdio,id=t,mux=on -serial chardev:t -mon t",
      { serial: [shared], monitor: shared, debugcon: null, escapes: true },
    ],
  ])("%s", (text, expected) => {
    expect(wiring(text)).toMatchObject(expected);
  });

  it.each([
    ["", true],
    ["-display none", false],
    ["-display curses", false],
    ["-nographic", true],
    ["-nographic -serial stdio", true],
    ["-serial mon:stdio", false],
    ["-serial null", false],
    ["-debugcon stdio", false],
    ["-nodefaults", false],
  ])("lets firmware use the serial port as display with %j: %s", (text, expected) => {
    expect(wiring(text).serialConsole).toBe(expected);
  });

  it.each([
    "-serial stdio -monitor stdio",
    "-serial mon:stdio -monitor stdio",
    "-debugcon stdio -serial stdio",
    "-serial stdio -serial stdio",
  ])("refuses %s", (text) => {
    expect(() => wiring(text)).toThrow(/^stdio: only one device can have the terminal for itself/);
  });

  it.each([
    [
      "-display curses -serial stdio",
      "-display curses: the display has the terminal: stdio is taken",
    ],
    [
      "-display curses -monitor stdio",
      "-display curses: the display has the terminal: stdio is taken",
    ],
    ["-nographic -display curses", "-nographic: curses display cannot be used with -nographic"],
  ])("refuses %s", (text, why) => {
    expect(() => wiring(text)).toThrow(why);
  });

  it("leads what a device's properties name", () => {
    const { devices } = wiring("-chardev null,id=d -device isa-debugcon,iobase=0x301,chardev=d");
    expect([...devices.values()]).toEqual([new Map([["chardev", nowhere]])]);
    expect(() => wiring("-device isa-debugcon,chardev=d")).toThrow(
      '-device: there is no character device "d" (see -chardev)',
    );
  });

  it("refuses a name that nothing has", () => {
    expect(() => wiring("-serial chardev:x")).toThrow(
      '-serial: there is no character device "x" (see -chardev)',
    );
  });
});
