import { describe, expect, it } from "vitest";

import { numaItem, numaProblem, placeNodes, type PcNuma } from "../src/board/memory/numa.js";
import { processorPlaces } from "../src/board/processor/processor-places.js";
import { numaOf } from "../src/cli/options/machine/numa.js";
import { parseCommandLine } from "../src/cli/parse.js";
import { MIB, Rig } from "./support/board-rig.js";

const GIB = 1024 * MIB;

/** Nodes that a command line asks for. */
function asked(words: string): PcNuma | null {
  const request = parseCommandLine(words.split(" "));
  if (request.kind !== "run") throw new Error("that is not a run");
  return numaOf(request.line);
}

describe("-numa", () => {
  it.each([
    ["-m 64", null],
    [
      "-m 64 -smp 3 -numa node,mem=32 -numa node,mem=32",
      {
        nodes: [
          { memory: 32 * MIB, cpus: [0, 2] },
          { memory: 32 * MIB, cpus: [1] },
        ],
      },
    ],
    [
      "-m 64 -smp 4 -numa node,nodeid=1,mem=16,cpus=3,cpus=1 -numa node,nodeid=0,mem=48M,cpus=2",
      {
        nodes: [
          { memory: 48 * MIB, cpus: [2, 0] },
          { memory: 16 * MIB, cpus: [3, 1] },
        ],
      },
    ],
    [
      "-m 96 -smp 2 -object memory-backend-ram,id=a,size=64M -object memory-backend-ram,id=b,size=32M " +
        "-numa node,memdev=a -numa node,memdev=b -numa cpu,node-id=1,socket-id=0 " +
        "-numa cpu,node-id=0,socket-id=1 -numa dist,src=0,dst=1,val=31",
      {
        nodes: [
          { memory: 64 * MIB, cpus: [1] },
          { memory: 32 * MIB, cpus: [0] },
        ],
        distances: [
          [10, 31],
          [31, 10],
        ],
      },
    ],
  ])("%s", (words, nodes) => {
    expect(asked(words)).toEqual(nodes);
  });

  it.each([
    ["-numa hmat-lb,initiator=0", "is not node, dist or cpu"],
    ["-numa node,nodeid=1", "there is no node 0"],
    ["-numa node -numa node,nodeid=0", "there is a node 0 already"],
    [
      "-m 64 -numa node,mem=32",
      "total memory for NUMA nodes (0x2000000) should equal RAM size (0x4000000)",
    ],
    ["-numa node,cpus=0", "total memory for NUMA nodes (0x0) should equal RAM size (0x8000000)"],
    ["-numa node,memdev=a", 'there is no memory-backend-ram "a"'],
    ["-numa node,cpus=1-0", "must be a number, or two with a dash"],
    ["-numa dist,src=0,dst=1,val=20", "there is no node"],
    ["-m 64 -numa node,mem=64 -numa dist,src=0,dst=1,val=20", "there are 1 node(s)"],
    ["-m 64 -numa node,mem=64 -numa dist,src=0,dst=0,val=20", "must be 10 within a node"],
    ["-numa cpu,node-id=0,socket-id=0", "node-id= of a node before"],
    ["-m 64,slots=2", "slots specified but no max-size"],
  ])("refuses %s", (words, message) => {
    expect(() => asked(words)).toThrow(message);
  });
});

describe("nodes of memory", () => {
  it("leave out what is behind the display, firmware and the devices of PCI", () => {
    const nodes = [
      { memory: 2 * GIB, cpus: [0] },
      { memory: 2 * GIB, cpus: [1] },
      { memory: 0, cpus: [] },
    ];
    const places = placeNodes({ nodes }, { below4g: 3 * GIB, above4g: GIB });
    expect(places.map(({ memory }) => memory)).toEqual([
      [
        { address: 0, length: 0xa0000 },
        { address: 0x10_0000, length: 2 * GIB - 0x10_0000 },
      ],
      [
        { address: 2 * GIB, length: GIB },
        { address: 4 * GIB, length: GIB },
      ],
      [],
    ]);
  });

  it("are told to firmware", () => {
    const numa = { nodes: [5, 6].map((cpu) => ({ memory: 16 * MIB, cpus: [6 - cpu] })) };
    const words = new BigUint64Array(numaItem(numa, 2).buffer);
    expect([...words]).toEqual([2n, 1n, 0n, BigInt(16 * MIB), BigInt(16 * MIB)]);
    expect([...numaItem(null, 1)]).toEqual(new Array(16).fill(0));
  });

  it.each([
    [[{ memory: 32 * MIB, cpus: [0] }], "bytes of RAM, but the machine has"],
    [[{ memory: 64 * MIB, cpus: [1] }], "there is no processor 1"],
    [[{ memory: 64 * MIB, cpus: [] }], "in no node"],
    [[{ memory: 64 * MIB, cpus: [0, 0] }], "processor 0 is in two nodes"],
    [[], "0 nodes"],
  ])("have all RAM, and each processor once: %o", (nodes, message) => {
    expect(() => new Rig({ numa: { nodes } })).toThrow(message);
  });

  it("are as far from each other as ACPI can say", () => {
    const nodes = [
      { memory: MIB, cpus: [0] },
      { memory: 0, cpus: [] },
    ];
    const problem = (distances: number[][]): string | undefined =>
      numaProblem({ nodes, distances }, MIB, 1)?.message;
    expect(
      problem([
        [10, 255],
        [11, 10],
      ]),
    ).toBeUndefined();
    for (const wrong of [
      [[10]],
      [
        [10, 10],
        [20, 10],
      ],
      [
        [11, 20],
        [20, 10],
      ],
      [
        [10, 256],
        [20, 10],
      ],
    ]) {
      expect(problem(wrong)).toContain("a distance is 10 within a node");
    }
  });
});

describe("places of processors", () => {
  it("name the node of each where there are nodes", () => {
    const numa = asked("-m 64 -smp 3 -numa node,mem=32 -numa node,mem=32");
    const nodes = (options: object): unknown[] =>
      processorPlaces(new Rig({ cpus: 3, ...options }).pc).map(({ props }) => props["node-id"]);
    expect(nodes(numa === null ? {} : { numa })).toEqual([0, 1, 0]);
    expect(nodes({})).toEqual([undefined, undefined, undefined]);
  });
});
