import { systemInternals } from "@mem/core/plumbing";
import {
  AccessTrace,
  type AddressSpace,
  Data64,
  Machine,
  MAX_REENTRY_DEPTH,
  memOp,
  type MemoryRegion,
  MemTxResult,
  type MmioOptions,
} from "@mem/flat";
import { describe, expect, it } from "vitest";
import { Bus, MemoryRegionCache, TxStatus } from "../src/index.js";

// A device that reads itself again is refused at the same depth, whatever road its accesses take.

interface Board {
  readonly bus: AddressSpace;
  readonly words: Bus;
  readonly region: MemoryRegion;
  readonly cache: MemoryRegionCache;
}

/** A road: how the device is made, and how it is reached. */
interface Road {
  readonly name: string;
  readonly device?: Partial<MmioOptions>;
  readonly isTraced?: boolean;
  readonly isPort?: boolean;
  readonly crossSections?: "split";
  reach(board: Board): MemTxResult;
}

const data = new Data64();
const status = new TxStatus();
const split: Partial<MmioOptions> = { impl: { minAccessSize: 4, maxAccessSize: 4 } };
const load = ({ bus }: Board): MemTxResult => (bus.load(0x100, 4), bus.lastResult);
const store = ({ bus }: Board): MemTxResult => bus.store(0x100, 4, 1);

const roads: Road[] = [
  { name: "a load", reach: load },
  { name: "a store", reach: store },
  { name: "a load of a port", isPort: true, reach: load },
  { name: "a store to a port", isPort: true, reach: store },
  {
    name: "a load that is widened",
    device: split,
    reach: ({ bus }) => (bus.load(0x100, 1), bus.lastResult),
  },
  {
    name: "a load of 8 bytes, in one piece",
    device: { impl: { maxAccessSize: 8 }, read64: () => 0n, write64: () => undefined },
    reach: ({ bus }) => bus.loadData(0x100, memOp(8), data),
  },
  {
    name: "a load of 8 bytes of a device of 4",
    reach: ({ bus }) => bus.loadData(0x100, memOp(8), data),
  },
  {
    name: "a store of 8 bytes to a device of 4",
    reach: ({ bus }) => bus.storeData(0x100, memOp(8), data),
  },
  { name: "a load of 64 bits", reach: ({ bus }) => (bus.load64(0x100), bus.lastResult) },
  { name: "a store of 64 bits", reach: ({ bus }) => bus.store64(0x100, 1n) },
  {
    name: "a load that crosses into another section, in pieces",
    crossSections: "split",
    reach: ({ bus }) => bus.loadData(0x10e, memOp(4), data),
  },
  {
    name: "a store that crosses into another section, in pieces",
    crossSections: "split",
    reach: ({ bus }) => bus.storeData(0x10e, memOp(4), data),
  },
  { name: "a big-endian load", reach: ({ bus }) => bus.loadData(0x100, memOp(4, "big"), data) },
  { name: "a store with a carrier", reach: ({ bus }) => bus.storeData(0x100, memOp(4), data) },
  {
    name: "a load by `Bus`",
    reach: ({ words }) => (words.ld32be(0x100, undefined, status), status.result),
  },
  {
    name: "a store by `Bus`",
    reach: ({ words }) => (words.st16le(0x100, 1, undefined, status), status.result),
  },
  { name: "a read in bulk", reach: ({ bus }) => bus.read(0x100, new Uint8Array(4)) },
  { name: "a write in bulk", reach: ({ bus }) => bus.write(0x100, new Uint8Array(4)) },
  { name: "a traced load", isTraced: true, reach: load },
  { name: "a traced store", isTraced: true, reach: store },
  {
    name: "a traced load with a carrier",
    isTraced: true,
    reach: ({ bus }) => bus.loadData(0x100, memOp(4, "big"), data),
  },
  {
    name: "a traced read in bulk",
    isTraced: true,
    reach: ({ bus }) => bus.read(0x100, new Uint8Array(4)),
  },
  {
    name: "a traced load of 8 bytes of a device of 4",
    isTraced: true,
    reach: ({ bus }) => bus.loadData(0x100, memOp(8), data),
  },
  {
    name: "a traced write in bulk",
    isTraced: true,
    reach: ({ bus }) => bus.write(0x100, new Uint8Array(16)),
  },
  { name: "a read of 16 bytes", reach: ({ bus }) => bus.read(0x100, new Uint8Array(16)) },
  { name: "a write of 16 bytes", reach: ({ bus }) => bus.write(0x100, new Uint8Array(16)) },
  {
    name: "a cached word's load",
    reach: ({ cache }) => (cache.ld32be(0, undefined, status), status.result),
  },
  {
    name: "a cached load of 8 bytes",
    reach: ({ cache }) => (cache.ld64le(0, undefined, status), status.result),
  },
  {
    name: "a cached word's store",
    reach: ({ cache }) => (cache.st16le(0, 1, undefined, status), status.result),
  },
  {
    name: "a cached 64-bit store",
    reach: ({ cache }) => (cache.st64be(0, 1n, undefined, status), status.result),
  },
  { name: "a cached load", reach: ({ cache }) => cache.read(0, new Uint8Array(4)) },
  { name: "a cached store", reach: ({ cache }) => cache.write(0, new Uint8Array(4)) },
  {
    name: "a read of the region itself",
    reach: ({ region }) => region.dispatchRead(0, memOp(4), data),
  },
  {
    name: "a write of the region itself",
    reach: ({ region }) => region.dispatchWrite(0, memOp(4), data),
  },
];

/** How deep a device gets that reaches itself by a road, what the innermost access ended in, and the log. */
function depthBy(road: Road): { depth: number; innermost: MemTxResult; log: string[] } {
  const log: string[] = [];
  const machine = new Machine({ log: (_category, text) => log.push(text) });
  const root = machine.container({ name: "root", size: road.isPort ? 0x1_0000 : 2n ** 64n });
  const results: MemTxResult[] = [];
  let depth = 0;
  let deepest = 0;
  const again = (): number => {
    depth++;
    deepest = Math.max(deepest, depth);
    // A piece that follows one that was refused would begin anew.
    if (results.length === 0) results.push(road.reach(board));
    depth--;
    return 0;
  };
  const region = machine.mmio({
    name: "self",
    size: 0x10,
    read: again,
    write: () => void again(),
    ...road.device,
    ...(road.device?.read64 && { read64: () => BigInt(again()) }),
  } as MmioOptions);
  root.addSubregion(0x100, region);
  root.addSubregion(0x110, machine.ram({ name: "beside", size: 0x100 }));
  const name = road.isPort ? "io" : "cpu";
  const { crossSections = "as-recorded" } = road;
  const bus = machine.addressSpace(root, name, { crossSections });
  const cache = new MemoryRegionCache(bus, 0x100, 8, road.name.endsWith("store"));
  const board = { bus, region, cache, words: new Bus(bus) };
  if (road.isTraced) new AccessTrace(bus).on(() => undefined);
  road.reach(board);
  systemInternals(machine).reclaimer.drain();
  expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
  return { depth: deepest, innermost: results[0] ?? MemTxResult.OK, log };
}

describe("a device that reaches itself", () => {
  it.each(roads)("is refused at the same depth by $name", (road) => {
    const { depth, innermost, log } = depthBy(road);
    expect(depth).toBe(MAX_REENTRY_DEPTH);
    expect(innermost).toBe(MemTxResult.ACCESS_ERROR);
    expect(log).toEqual([expect.stringContaining(`callbacks nest more than ${depth} deep`)]);
  });
});
