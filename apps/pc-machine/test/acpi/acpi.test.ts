import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, it } from "vitest";

import { nameString, packedLength } from "../../src/acpi/aml/encode.js";
import { eisaId } from "../../src/acpi/aml/terms.js";
import type { AcpiMachine } from "../../src/acpi/machine.js";
import { acpiFiles } from "../../src/acpi/tables.js";
import { linkTables } from "./link-tables.js";

const MIB = 2 ** 20;
const PLAIN: AcpiMachine = {
  below4g: 256 * MIB,
  above4g: 0,
  localApics: [],
  hpet: false,
  serialPorts: [],
  parallelPort: false,
  floppy: false,
  suspend: false,
  generationId: false,
  numa: [],
  distances: null,
};
const FULL: AcpiMachine = {
  below4g: 3072 * MIB,
  above4g: 8192 * MIB,
  localApics: [0, 1, 2],
  hpet: true,
  serialPorts: [
    { port: 0x3f8, irq: 4 },
    { port: 0x2f8, irq: 3 },
  ],
  parallelPort: true,
  floppy: true,
  suspend: true,
  generationId: true,
  numa: [
    { memory: [{ address: 0, length: 0xa_0000 }], cpus: [0, 2] },
    { memory: [{ address: 0x10_0000, length: 2 ** 33 }], cpus: [1] },
  ],
  distances: [
    [10, 21],
    [31, 10],
  ],
};

/** `iasl` as it says its name; `null` when it is there. */
function iaslMissing(): string | null {
  const { status } = spawnSync("iasl", ["-v"]);
  return status === 0 ? null : "iasl is not installed (Debian package acpica-tools)";
}

/** What iasl has to say about a table that it takes apart and puts together again. */
function recompile(signature: string, bytes: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "mem-acpi-"));
  try {
    writeFileSync(join(folder, "t.aml"), bytes);
    const run = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync("iasl", args, { cwd: folder, encoding: "utf8" });
      const said = `${stdout}${stderr}`;
      return status === 0 ? said : `${said}\nError: exit ${String(status)}`;
    };
    const text = [
      run("-d", "t.aml"),
      run("-ve", "-p", "again", "t.dsl"),
      run("-p", "all", "t.dsl"),
    ];
    return text
      .join("\n")
      .split("\n")
      .filter((line) => /error|warning|remark/i.test(line))
      .filter((line) => !/\b0 Errors, 0 Warnings, 0 Remarks|Compilation successful/.test(line))
      .map((line) => `${signature}: ${line}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the tables", () => {
  const noIasl = iaslMissing();
  beforeEach((context) =>
    context.skip(noIasl !== null && context.task.name.includes("iasl"), noIasl ?? ""),
  );

  it.each([
    ["the least", PLAIN, ["DSDT", "FACP", "FACS", "RSDT", "WAET"]],
    ["the most", FULL, [..."APIC DSDT FACP FACS HPET RSDT SLIT SRAT SSDT WAET".split(" ")]],
  ])("link to %s that a machine has", (_name, machine, signatures) => {
    const { tables, root } = linkTables(acpiFiles(machine), 0x7fe_0000);
    expect([...tables.keys()].sort()).toEqual(signatures);
    expect(root.reduce((sum, value) => sum + value, 0) & 0xff).toBe(0);
    const wrong = [...tables].filter(
      ([signature, bytes]) =>
        signature !== "FACS" && (bytes.reduce((all, value) => all + value, 0) & 0xff) !== 0,
    );
    expect(wrong).toEqual([]);
    expect(tables.get("FACP")?.length).toBe(244);
  });

  it.each([
    ["the least", PLAIN],
    ["the most", FULL],
  ])("are taken apart and put together by iasl without a word: %s", (_name, machine) => {
    const { tables } = linkTables(acpiFiles(machine), 0x7fe_0000);
    const said = [...tables].flatMap(([signature, bytes]) => recompile(signature, bytes));
    expect(said).toEqual([]);
  });
});

describe("the DSDT", () => {
  const codeOf = (machine: AcpiMachine): Buffer =>
    Buffer.from(linkTables(acpiFiles(machine), 0x7fe_0000).tables.get("DSDT") ?? []);

  it("names fw_cfg by QEMU's ID, with its twelve ports", () => {
    const code = codeOf(PLAIN);
    const ports = Buffer.from([0x47, 0x01, 0x10, 0x05, 0x10, 0x05, 1, 12]);
    const at = code.indexOf("QEMU0002");
    expect(at).toBeGreaterThan(0);
    expect(code.indexOf(ports, at) - at).toBeLessThan(40);
    expect(code.indexOf(ports, at)).toBeGreaterThan(at);
  });

  it.each([
    [0, 2 ** 32],
    [2 ** 20, 5 * 2 ** 30],
    [2 ** 30, 5 * 2 ** 30],
    [8192 * MIB, 12 * 2 ** 30],
  ])("has 2 GiB for PCI behind %d bytes of RAM above 4 GiB, at a whole GiB", (above4g, first) => {
    const code = codeOf({ ...PLAIN, above4g });
    // QWordMemory: its length, memory, fixed bounds, cacheable and writable, and no granularity.
    const start = Buffer.from([0x8a, 0x2b, 0, 0, 0x0c, 0x03, 0, 0, 0, 0, 0, 0, 0, 0]);
    const at = code.indexOf(start) + start.length;
    const values = [0, 8, 16, 24].map((offset) => Number(code.readBigUInt64LE(at + offset)));
    expect(values).toEqual([first, first + 2 ** 31 - 1, 0, 2 ** 31]);
  });
});

describe("AML", () => {
  it("has lengths of up to four bytes", () => {
    expect(packedLength(0x3f)).toEqual([0x3f]);
    expect(packedLength(0x40)).toEqual([0x40, 0x04]);
    expect(packedLength(0xfff)).toEqual([0x4f, 0xff]);
    expect(packedLength(0x1000)).toEqual([0x80, 0x00, 0x01]);
    expect(packedLength(0x10_0000)).toEqual([0xc0, 0x00, 0x00, 0x01]);
  });

  it("has names of segments", () => {
    const letters = (aml: readonly number[]): string => String.fromCharCode(...aml);
    expect(letters(nameString("\\_SB.PCI0"))).toBe("\\._SB_PCI0");
    expect(letters(nameString("^A"))).toBe("^A___");
    expect(letters(nameString("A.B.C"))).toBe("/\x03A___B___C___");
    expect(nameString("\\")).toEqual([0x5c, 0]);
    for (const wrong of ["", "TOOLONG", "a", "A..B", "1A"]) {
      expect(() => nameString(wrong)).toThrow(/is no name in AML/);
    }
  });

  it("has IDs of Plug and Play as one number", () => {
    expect(eisaId("PNP0A03")).toEqual([0x0c, 0x41, 0xd0, 0x0a, 0x03]);
  });
});
