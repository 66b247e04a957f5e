import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/cli/parse.js";

/** The number of processors that `-smp` asks for, or the message that refuses it. */
function cpus(value: string): number | string {
  try {
    const command = parseCommandLine(["-smp", value]);
    return command.kind === "run" ? command.line.cpus : command.kind;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("-smp", () => {
  // As QEMU 7.2 counts them.
  it.each([
    ["4,cores=2", 4],
    ["maxcpus=4", 4],
    ["cores=2", 2],
    ["2,sockets=2,cores=2,maxcpus=4", 2],
    ["4,sockets=1,cores=2", 4],
    ["2,dies=2", 2],
    ["sockets=2,cores=2", 4],
    ["0", 1],
    ["2,threads=0", 2],
    ["", 1],
  ])("%s: what is not told follows from the rest", (value, count) => {
    expect(cpus(value)).toBe(count);
  });

  it.each([
    ["4,cores=3", "3 by sockets, cores and threads, but 4 processors"],
    ["cpus=2,sockets=3", "0 by sockets, cores and threads, but 2 processors"],
    ["2,cores=2,maxcpus=3", "2 by sockets, cores and threads, but 3 processors"],
    ["3,sockets=1,cores=2,threads=2", "4 by sockets, cores and threads, but 3 processors"],
    ["2,maxcpus=1", "2 processors, but 1 at most"],
    ["2,cores=1.5", "this machine has 1 to 8 processors"],
    ["2,threads=-1", "this machine has 1 to 8 processors"],
    ["2,threads=", "this machine has 1 to 8 processors"],
  ])("%s is refused", (value, why) => {
    expect(cpus(value)).toBe(`-smp ${value}: ${why}`);
  });
});

describe("-machine", () => {
  it("takes the keys of -smp", () => {
    const request = parseCommandLine(["-machine", "smp.cpus=8,smp.sockets=8"]);
    expect(request).toMatchObject({ kind: "run", line: { cpus: 8 } });
  });
});
