/** `-m`: sizes of RAM, and of what could be plugged in. */
import { describe, expect, it } from "vitest";

import { parseSize } from "../../src/text/size.js";
import { errorText, parse } from "./parsed-line.js";

const MIB = 2 ** 20;

const errorOf = (text: string): string => errorText(() => parse(text));

describe("-m", () => {
  it.each([
    ["-m 64", 64 * MIB],
    ["--m 64", 64 * MIB],
    ["-m 64M", 64 * MIB],
    ["-m 1G", 1024 * MIB],
    ["-m 1.5g", 1536 * MIB],
    ["-m 2048K", 2 * MIB],
    ["-m size=32", 32 * MIB],
    ["-m size=32M", 32 * MIB],
    ["-m 0x40", 64 * MIB],
    ["-m 1T", 2 ** 40],
    ["--m=16", 16 * MIB],
    ["-m 0", 128 * MIB],
    ["-m size=0", 128 * MIB],
    ["-m 1025K", 1032 * 1024],
    ["-m 1b", 8192],
    ["-m 64,maxmem=1G", 64 * MIB],
    ["-m 64,slots=2,maxmem=1G", 64 * MIB],
  ])("%s", (text, bytes) => {
    expect(parse(text).ramSize).toBe(bytes);
  });

  it.each([
    ["-m 1x", "-m 1x: a size is a number with an optional suffix K, M, G or T"],
    ["-m -5", "-m -5: a size is a number with an optional suffix K, M, G or T"],
    ["-m 2T", "-m 2T: RAM can be 8 KiB to 1 TiB"],
    ["-m 64,slots=2", "-m 64,slots=2: slots specified but no max-size"],
    [
      "-m 64,maxmem=32",
      "-m 64,maxmem=32: invalid value of maxmem: maximum memory size (0x20) must be at least the initial memory size (0x4000000)",
    ],
    [
      "-m 64,slots=1,maxmem=64M",
      "-m 64,slots=1,maxmem=64M: invalid value of maxmem: memory slots were specified but maximum memory size (0x4000000) is equal to the initial memory size (0x4000000)",
    ],
    ["-m 64,slots=x", "-m 64,slots=x: slots=x: must be a number"],
    ["-m 64,colour=2", '-m 64,colour=2: "colour" is not known here (size, maxmem, slots)'],
    ["-m", "-m: requires an argument ([size=]SIZE[,slots=N,maxmem=SIZE])"],
  ])("refuses %s", (text, message) => {
    expect(errorOf(text)).toBe(`CliError: ${message}`);
  });

  it("rounds sizes down to bytes", () => {
    expect(parseSize("1.3K", "B")).toBe(1331);
    expect(parseSize("", "M")).toBeNull();
    expect(parseSize("1e3", "M")).toBeNull();
  });
});
