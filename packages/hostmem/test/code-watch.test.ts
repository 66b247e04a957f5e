import { truncateSync } from "node:fs";
import { Machine, RAM_CHUNK_BYTES } from "@mem/flat";
import { fileRam } from "@mem/hostmem";
import { describe, expect, it } from "vitest";
import { blockOf, fileOf, PAGE, pattern, temporaryFolder, whyNotMapped } from "./temporary.js";

const files = temporaryFolder();
const SIZE = 2 * RAM_CHUNK_BYTES;

/** Shared memory of a file, and a watch of its pages 1 and 2. */
function watched(mapping: "never" | "required") {
  const machine = new Machine();
  const path = files.write("f", pattern(SIZE));
  const ram = fileRam(machine, { name: "ram", size: SIZE, path, share: true, mapping });
  const space = machine.addressSpace(ram, "cpu");
  space.load(0, 4);
  const told: [number, number][] = [];
  const watch = blockOf(ram).watchCode((offset, length) => told.push([offset, length]));
  watch.mark(PAGE, 2 * PAGE);
  return { ram, space, told, watch };
}

describe("a watch of code in memory that is a copy of a file", () => {
  it("is told of stores, and of pages that were loaded anew, after they were", () => {
    const { ram, space, told } = watched("never");
    const seen: number[] = [];
    using other = blockOf(ram).watchCode(() => seen.push(space.load(PAGE + 5, 1)));
    other.mark(PAGE);
    space.store(PAGE, 4, 7);
    expect(told).toEqual([[PAGE, 4]]);
    ram.msync(0, SIZE);
    told.length = seen.length = 0;
    files.poke("f", PAGE + 5, 0xa5);
    files.poke("f", 5 * PAGE, 0xa5);
    fileOf(ram).reload();
    expect(told).toEqual([[PAGE, PAGE]]);
    expect(seen).toEqual([0xa5]);
    fileOf(ram).reload();
    expect(told).toHaveLength(1);
  });

  it("hears nothing of pages that were stored into here: they stay as they are", () => {
    const { ram, space, told } = watched("never");
    space.store(PAGE, 4, 7);
    told.length = 0;
    files.poke("f", PAGE + 5, 0xa5);
    fileOf(ram).reload();
    expect(told).toEqual([]);
    expect(space.load(PAGE, 1)).toBe(7);
  });
});

describe.skipIf(whyNotMapped !== null)("a watch of code in memory that is a mapped file", () => {
  it("is told when the file is taken as it is now: others may have stored into it", () => {
    const { ram, space, told } = watched("required");
    files.poke("f", PAGE + 5, 0xa5);
    expect(space.load(PAGE + 5, 1)).toBe(0xa5);
    fileOf(ram).reload();
    expect(told).toEqual([[0, SIZE]]);
  });

  it("is told when the file was cut, of what reads 0 from then on", () => {
    const { ram, space, told } = watched("required");
    truncateSync(files.path("f"), 2 * PAGE);
    expect(() => ram.msync(0, SIZE)).toThrow("was cut");
    expect(told).toEqual([[2 * PAGE, SIZE - 2 * PAGE]]);
    expect(space.load(2 * PAGE, 4)).toBe(0);
  });
});
