import { internalsOf } from "@mem/core/plumbing";
import { Machine, MemoryModelError } from "@mem/flat";
import {
  addRamDiscardSource,
  getRamDiscardManager,
  handleVirtioMemRequest,
  hasRamDiscardManager,
  RamDiscardManager,
  removeRamDiscardSource,
  setRamDiscardManager,
  translateIotlb,
  VirtioMem,
  virtioMemConfig,
} from "@mem/ramdiscard";
import { thrownBy } from "@mem/common";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

function world() {
  const machine = new Machine();
  return { machine, region: machine.ram({ name: "dimm", size: 0x400000 }) };
}

/** Call, class of the error, rule, and what the message must say. */
const TABLE: [string, (w: ReturnType<typeof world>) => unknown, string, string, RegExp][] = [
  [
    "a device of nothing",
    () => new VirtioMem(loose(undefined)),
    "ArgumentError",
    "options-object",
    /new VirtioMem/,
  ],
  [
    "a device without memory",
    () => new VirtioMem(loose({})),
    "ArgumentError",
    "option-missing",
    /"region"/,
  ],
  [
    "a machine as memory",
    ({ machine }) => new VirtioMem({ region: loose(machine) }),
    "ArgumentError",
    "option-kind",
    /"region"/,
  ],
  [
    "an option misspelt",
    ({ region }) => new VirtioMem(loose({ region, blocksize: 0x200000 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "blockSize"/,
  ],
  [
    "a flag as a word",
    ({ region }) => new VirtioMem({ region, toleratesInhibition: loose("no") }),
    "ArgumentError",
    "option-kind",
    /"no"/,
  ],
  [
    "a manager of nothing",
    () => new RamDiscardManager(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /the region/,
  ],
  [
    "a manager's option misspelt",
    ({ region }) => new RamDiscardManager(region, loose({ keepRefusin: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "keepRefusing"/,
  ],
  [
    "no listener",
    ({ region }) => new RamDiscardManager(region).registerListener(loose(undefined), loose(null)),
    "ArgumentError",
    "options-object",
    /registerListener/,
  ],
  [
    "half a listener",
    ({ region }) =>
      new RamDiscardManager(region).registerListener(
        loose({ notifyPopulate: () => 0 }),
        loose(null),
      ),
    "ArgumentError",
    "option-missing",
    /"notifyDiscard"/,
  ],
];

it.each(TABLE)("%s", (_, call, name, rule, message) => {
  const it = world();
  const error = thrownBy(() => call(it));
  expect(error).toBeInstanceOf(MemoryModelError);
  expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
  expect(internalsOf(it.region).watchers.ramDiscardManager).toBeNull();
});

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  setRamDiscardManager: (region) => setRamDiscardManager(region, null),
  getRamDiscardManager: (region) => getRamDiscardManager(region),
  hasRamDiscardManager: (region) => hasRamDiscardManager(region),
  addRamDiscardSource: (source) => addRamDiscardSource(world().region, source),
  removeRamDiscardSource: (region) => removeRamDiscardSource(region, loose(null)),
  "a manager": (manager) => setRamDiscardManager(world().region, manager),
  translateIotlb: (space) => translateIotlb(space, loose({})),
  virtioMemConfig: (device) => virtioMemConfig(device),
  handleVirtioMemRequest: (device) => handleVirtioMemRequest(device, new Uint8Array(24)),
};
/** What some of them take. */
const ALLOWED: readonly string[] = ["a manager null"];

/** What stands where something of ours belongs. */
const FOREIGN = [undefined, null, 0, NaN, "0x10", {}, [], () => 0];

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of FOREIGN) {
    if (ALLOWED.includes(`${name} ${String(value)}`)) continue;
    expect(
      thrownBy(() => call(loose(value))),
      `${name}(${String(value)})`,
    ).toBeInstanceOf(MemoryModelError);
  }
});
