import { qomTree } from "@mem/qom";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { pciText } from "../../src/monitor/text/machine/pci-text.js";
import { MIB } from "../support/board-rig.js";
import { seabiosMissing } from "../support/firmware.js";
import { portRead, portWrite } from "../support/guest-access.js";
import { MachinePair } from "../support/machine-pair.js";
import type { PairOptions } from "../support/pair-options.js";
import { qemuMissing } from "../support/qemu-process.js";
import { RandomGuest } from "../support/random-guest.js";

const missing = qemuMissing() ?? seabiosMissing();
const DRIVES: PairOptions["drives"] = [
  { kind: "disk", bytes: 600 * MIB },
  { kind: "cdrom", bytes: 4 * MIB },
  { kind: "disk", bytes: 300 * MIB },
  { kind: "disk", bytes: MIB },
];
/** CMOS cells that the board fills in: what is not the clock's. */
const CMOS = Array.from({ length: 0x80 - 0x10 }, (_unused, index) => 0x10 + index);
/** Objects of ours that QEMU's tree has not, or under another type. */
const OURS_ALONE = ["/machine/unattached/unassigned[0] (memory-region)"];

/** `info qom-tree` as a list of paths. */
function paths(tree: string): string[] {
  const parents: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", name = "", type = ""] = /^( *)(\/.*) \((.*)\)$/.exec(line) ?? [];
    if (name === "") {
      return [];
    }
    parents.length = indent.length / 2;
    parents.push(name);
    return [`${parents.join("")} (${type})`];
  });
}

describe("beside a running QEMU", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  let pair: MachinePair | null = null;

  afterEach(() => {
    pair?.close();
    pair = null;
  });

  async function start(options: PairOptions): Promise<MachinePair> {
    pair = await MachinePair.start(options);
    return pair;
  }

  it.each<[string, PairOptions]>([
    ["no display adapter", { vga: false }],
    ["1 MiB", { ramMib: 1 }],
    ["15 MiB", { ramMib: 15 }],
    ["1000 MiB", { ramMib: 1000 }],
    ["3 GiB", { ramMib: 3072 }],
    ["the most RAM in one piece", { ramMib: 3583 }],
    ["the least RAM in two pieces", { ramMib: 3584 }],
    ["4 GiB", { ramMib: 4096 }],
    ["6 GiB", { ramMib: 6144 }],
    ["four drives and four serial ports", { drives: DRIVES, serial: 4 }],
    [
      "two CD drives",
      { drives: [{ kind: "cdrom", bytes: MIB }, null, { kind: "cdrom", bytes: MIB }] },
    ],
    ["a further PCI device", { devices: ["edu"] }],
    ["devices behind virtio", { devices: ["virtio-tablet-pci", "virtio-scsi-pci"] }],
    ["a large disk", { drives: [null, { kind: "disk", bytes: 40 * 1024 * MIB }] }],
  ])("the board is the same with %s", async (_name, options) => {
    const both = await start(options);
    const { qemu, rig } = both;
    expect(await both.compare()).toEqual([]);
    const known = new Set(paths(await qemu.monitor("info qom-tree")));
    const ours = paths(qomTree(rig.pc.machine.objects));
    expect(ours.filter((path) => !known.has(path))).toEqual(OURS_ALONE);
    const cells = CMOS.flatMap((cell) => [portWrite(0x70, 1, cell), portRead(0x71, 1)]);
    expect(await both.run({ what: "CMOS", accesses: cells })).toEqual([]);
  });

  it("shows PCI functions in the same words", async () => {
    const guest = new RandomGuest(99);
    const both = await start({});
    const { qemu, rig } = both;
    for (let round = 0; round < 20; round++) {
      for (let count = 0; count < 5; count++) {
        await both.run(guest.step());
      }
      expect(pciText(rig.pc.board.pci)).toBe(await qemu.monitor("info pci"));
    }
  });
});
