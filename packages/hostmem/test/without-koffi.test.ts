import type * as NodeModule from "node:module";
import { Machine } from "@mem/flat";
import { fileRam, HostFileError } from "@mem/hostmem";
import { describe, expect, it, vi } from "vitest";
import { fileOf, PAGE, pattern, temporaryFolder } from "./temporary.js";

vi.mock("node:module", async (original) => ({
  ...(await original<typeof NodeModule>()),
  createRequire: () => (name: string) => {
    throw new Error(`Cannot find module '${name}'`);
  },
}));

const files = temporaryFolder();

describe("without koffi", () => {
  it("files are copied, and the log of each machine says so once", () => {
    const path = files.write("f", pattern(4 * PAGE));
    for (let i = 0; i < 2; i++) {
      const log: string[] = [];
      const machine = new Machine({ log: (category, line) => log.push(`${category}: ${line}`) });
      const one = fileRam(machine, { name: "one", size: PAGE, path, share: true });
      const two = fileRam(machine, { name: "two", size: PAGE, path, offset: PAGE, share: true });
      expect([one, two].map((ram) => fileOf(ram).isMapped)).toEqual([false, false]);
      expect(log).toEqual([
        "unimp: files are read and written back, not mapped: the optional package koffi is not there",
      ]);
      fileOf(one).close();
      fileOf(two).close();
    }
  });

  it("one who wants nothing but a mapping is refused", () => {
    const options = { name: "ram", size: PAGE, path: files.write("f", pattern(PAGE)) };
    expect(() => fileRam(new Machine(), { ...options, mapping: "required" })).toThrow(
      expect.objectContaining({ rule: "file-mapping" }),
    );
  });

  it("two who would share the same bytes are refused, and told why; readers are not", () => {
    const path = files.write("f", pattern(4 * PAGE));
    const shared = { name: "one", size: 2 * PAGE, path, share: true };
    const one = fileRam(new Machine(), shared);
    const open = () => fileRam(new Machine(), { ...shared, name: "two", offset: PAGE });
    expect(open).toThrow(HostFileError);
    expect(open).toThrow(/two: .*process \d+ shares it too.*lose each other's stores/);
    fileRam(new Machine(), { ...shared, name: "reader", readonly: true });
    fileRam(new Machine(), { ...shared, name: "private", share: false });
    const beside = fileRam(new Machine(), { ...shared, name: "beside", offset: 2 * PAGE });
    fileOf(one).close();
    fileOf(beside).close();
    fileOf(open()).close();
    // A file of the same name, and perhaps number, is another.
    fileRam(new Machine(), shared);
    files.remove("f");
    files.write("f", pattern(4 * PAGE));
    fileOf(fileRam(new Machine(), shared)).close();
  });
});
