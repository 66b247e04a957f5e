import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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
