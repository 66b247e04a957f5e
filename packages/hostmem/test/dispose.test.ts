import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { inspect } from "node:util";
import { Machine } from "@mem/flat";
import { fileRam, ramFile } from "@mem/hostmem";
import { expect, it } from "vitest";

it("a machine that is disposed writes its files and closes them", () => {
  const folder = mkdtempSync(`${tmpdir()}/mem-`);
  const path = `${folder}/ram`;
  const machine = new Machine();
  const ram = fileRam(machine, { name: "ram", size: 0x2000, path, create: true, share: true });
  const file = ramFile(ram);
  ram.ramBytes()[5] = 7;
  machine[Symbol.dispose]();
  expect([file?.isOpen, ram.finalized, readFileSync(path)[5]]).toEqual([false, true, 7]);
  rmSync(folder, { recursive: true });
});

it("a file is shown as a line, and not looked at for it", () => {
  const folder = mkdtempSync(`${tmpdir()}/mem-`);
  const path = `${folder}/ram`;
  using machine = new Machine();
  const options = { size: 0x2000, path, create: true, mapping: "never" } as const;
  const file = ramFile(fileRam(machine, { ...options, name: "ram", share: true }));
  rmSync(folder, { recursive: true });
  expect(inspect(file)).toBe(`RamFile ${path} from 0x0, shared, copied`);
  expect(JSON.parse(JSON.stringify(file))).toEqual({
    path,
    offset: 0,
    share: true,
    isMapped: false,
    isOpen: true,
    bytesLoaded: 0,
    bytesWritten: 0,
  });
  file?.close();
  expect(String(file)).toBe(`RamFile ${path} from 0x0, shared, copied, closed`);
});
