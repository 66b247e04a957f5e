/** The parts of `npm run diff:qemu` that need no QEMU. */
import { describe, expect, it } from "vitest";

import { makeEdid } from "../../src/devices/vga/edid.js";
import { memoryRead, portRead, portWrite } from "../support/guest-access.js";
import { CONFIGS, parseCommandLine, UsageError } from "./command-line.js";
import { historyOf } from "./explain.js";
import { mayReset } from "./pair.js";
import { agrees, intendedDifferences, isFair } from "./intended.js";
import { stepsOf } from "./seed-run.js";
import { traitsOf } from "./traits.js";

const EDID_VENDOR = (makeEdid()[8] ?? 0) | ((makeEdid()[9] ?? 0) << 8);
const PLAIN = traitsOf(["-m", "16"]);
const DISPLAY = traitsOf(["-device", "VGA"]);
const SERIAL = traitsOf(["-serial", "null"]);
const DRIVES = traitsOf(["-drive", "file=x,if=ide,index=0", "-cdrom", "y"]);

describe("the command line", () => {
  it("takes seeds, operations and machines whose options begin with a dash", () => {
    const { firstSeed, lastSeed, operations, configs } = parseCommandLine([
      ...["--seeds", "7:9", "--ops", "30", "--config", "-m 16", "--config=-m 32"],
    ]);
    expect([firstSeed, lastSeed, operations, configs]).toEqual([7, 9, 30, ["-m 16", "-m 32"]]);
    expect(parseCommandLine([]).configs).toBe(CONFIGS);
    expect(CONFIGS).toHaveLength(10);
    expect(parseCommandLine(["--seeds", "4"])).toMatchObject({ firstSeed: 4, lastSeed: 4 });
  });

  it.each([["--seeds", "9:7"], ["--seeds", "x"], ["--ops", "0"], ["--what"], ["--config"]])(
    "refuses %s %s",
    (...argv) => {
      expect(() => parseCommandLine(argv.filter((word) => word !== undefined))).toThrow(UsageError);
    },
  );
});

describe("the machine's traits", () => {
  it("are read off its options", () => {
    const none = { serial: false, display: false, channels: [] };
    expect(PLAIN).toEqual(none);
    expect(DISPLAY).toEqual({ ...none, display: true });
    expect(traitsOf(["-device", "secondary-vga,vgamem_mb=8"]).display).toBe(true);
    expect(DRIVES).toEqual({ ...none, channels: [0x1f0, 0x170] });
    expect(traitsOf(["-serial", "null", "-hdc", "z"])).toEqual({
      ...none,
      serial: true,
      channels: [0x170],
    });
  });
});

describe("the intended differences", () => {
  it("each have a name of their own, a reference, and what both do", () => {
    const names = intendedDifferences.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
    for (const { device, reference, here, qemu } of intendedDifferences) {
      for (const text of [device, reference, here, qemu]) expect(text).not.toBe("");
    }
  });

  it("keep ports, values and bits from being asked for", () => {
    expect(isFair(portRead(0x40, 1), PLAIN)).toBe(false);
    expect(isFair(portRead(0x3f, 2), PLAIN)).toBe(false);
    expect(isFair(portWrite(0x1f7, 1, 0x91), DRIVES)).toBe(false);
    expect(isFair(portWrite(0x1f7, 1, 0xec), DRIVES)).toBe(true);
    expect(isFair(portWrite(0x1f7, 1, 0xec), PLAIN)).toBe(false);
    expect(isFair(portWrite(0x3f6, 1, 0x06), DRIVES)).toBe(false);
    expect(isFair(portWrite(0x3f6, 1, 0x02), DRIVES)).toBe(true);
  });

  it("keep bits from being compared, in each byte of a wide answer", () => {
    expect(agrees(portRead(0x1f1, 1), 0x04, 0x10, DRIVES)).toBe(true);
    expect(agrees(portRead(0x1f1, 1), 0x04, 0x50, DRIVES)).toBe(false);
    expect(agrees(portRead(0x1f0, 2), 0x0400, 0x1000, DRIVES)).toBe(true);
    expect(agrees(portRead(0x20, 1), 0x04, 0x00, DRIVES)).toBe(true);
    expect(agrees(memoryRead(0xf0008, 2), 0x1449, EDID_VENDOR, DISPLAY)).toBe(true);
    expect(agrees(memoryRead(0xf0008, 2), 0x1449, EDID_VENDOR, PLAIN)).toBe(false);
    expect(agrees(memoryRead(0xf0108, 2), 0x1449, EDID_VENDOR, DISPLAY)).toBe(false);
    expect(agrees(memoryRead(0xf0008, 2), 0x1449, EDID_VENDOR + 1, DISPLAY)).toBe(false);
    expect(agrees(portRead(0x20, 1), 0x05, 0x00, PLAIN)).toBe(false);
    expect(agrees(portRead(0x20, 1), 0x04, 0x00, PLAIN)).toBe(true);
    expect(agrees(portRead(0x20, 1), 0x10, 0x00, PLAIN)).toBe(false);
    expect(agrees(portRead(0x20, 1), 0x10, 0x00, SERIAL)).toBe(true);
  });
});

describe("an access", () => {
  it("may reset where it writes to the keyboard controller, port 92 or reset control", () => {
    expect(mayReset(portWrite(0x64, 1, 0xfe))).toBe(true);
    expect(mayReset(portWrite(0x91, 2, 0x0100))).toBe(true);
    expect(mayReset(portWrite(0xcf9, 2, 0xe42b))).toBe(true);
    expect(mayReset(portRead(0xcf9, 1))).toBe(false);
    expect(mayReset(portWrite(0x93, 1, 1))).toBe(false);
  });

  it("to the configuration index resets only where its bit of reset control is set", () => {
    expect(mayReset(portWrite(0xcf8, 4, 0x8000_0b40))).toBe(false);
    expect(mayReset(portWrite(0xcf8, 4, 0x8000_ff5c))).toBe(true);
    expect(mayReset(portWrite(0xcf8, 4, 0x299d_cac9))).toBe(true);
    expect(mayReset(portWrite(0xcf8, 2, 0x0b40))).toBe(true);
  });
});

describe("a seed", () => {
  it("gives the same steps each time, and nothing that is meant to differ", () => {
    const run = { args: ["-hda", "x"], program: "", operations: 300 };
    const steps = stepsOf(5, run);
    expect(stepsOf(5, run)).toEqual(steps);
    expect(stepsOf(6, run)).not.toEqual(steps);
    expect(steps.some(({ what }) => what === "drive")).toBe(true);
    const traits = traitsOf(run.args);
    expect(steps.flatMap(({ accesses }) => accesses).every((one) => isFair(one, traits))).toBe(
      true,
    );
  });

  it("may need those before it, each ended by a reset", () => {
    const run = { args: [], program: "", operations: 3 };
    const steps = historyOf(5, 7, run);
    const [five, six] = [stepsOf(5, run), stepsOf(6, run)];
    expect(steps).toHaveLength(five.length + six.length + 2);
    expect(steps[five.length]?.resetButton).toBe(true);
    expect(steps.slice(five.length + 1, -1)).toEqual(six);
    expect(historyOf(7, 7, run)).toEqual([]);
  });
});
