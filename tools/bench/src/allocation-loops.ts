import { Data64, KiB, MemOp, MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { MemoryRegionCache } from "@mem/ldst";
import { Board, DEVICE } from "./mmio.js";
import { interleavedSpace } from "./ram.js";
import { type Walk, WALK_BYTES } from "./walk.js";

/** A loop of `count` accesses. */
export type Loop = (count: number) => number;

/** An address that is a small integer to V8, which those from 2^31 on are not. */
const LOW_DEVICE = 0x1000_0000;

/** The loops whose allocations are measured, by name. */
export function allocationLoops(walk: () => Walk): (readonly [name: string, make: () => Loop])[] {
  return [
    ["load1", () => loads1(walk())],
    ["load2", () => loads2(walk())],
    ["load4", () => loads4(walk())],
    ["load4.interleaved", () => interleavedLoads(walk())],
    ["store1", () => stores1(walk())],
    ["store2", () => stores2(walk())],
    ["store4", () => stores4(walk())],
    ["store4.dirty", () => dirtyStores(walk())],
    ["cached.load", () => cachedLoads(walk())],
    ["cached.store", () => cachedStores(walk())],
    ["read4k", () => reads(walk())],
    ["write4k", () => writes(walk())],
    ["mmio.load", () => deviceLoads(new Board())],
    ["mmio.store", () => deviceStores(new Board())],
    ["mmio.store.large", () => largeDeviceStores(new Board())],
    ["mmio.low.load", () => lowDeviceLoads(new Board(LOW_DEVICE))],
    ["mmio.low.store", () => lowDeviceStores(new Board(LOW_DEVICE))],
    ["load64.halves", () => halves(walk())],
    ["store64.halves", () => storedHalves(walk())],
  ];
}

function loads1({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load((offsets[i] as number) + (i & 3), 1);
    return sum;
  };
}

function loads2({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load((offsets[i] as number) + (i & 2), 2);
    return sum;
  };
}

function loads4({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load(offsets[i] as number, 4);
    return sum;
  };
}

function interleavedLoads({ offsets }: Walk): Loop {
  const space = interleavedSpace();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load(offsets[i] as number, 4);
    return sum;
  };
}

function stores1({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.store(offsets[i] as number, 1, i);
    return sum;
  };
}

function stores2({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.store(offsets[i] as number, 2, i);
    return sum;
  };
}

function stores4({ space, offsets }: Walk): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.store(offsets[i] as number, 4, ~i >>> 0);
    return sum;
  };
}

function dirtyStores({ offsets }: Walk): Loop {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const vram = machine.ram({ name: "vram", size: MiB });
  vram.setLog(true);
  root.addSubregion(0, vram);
  const space = machine.addressSpace(root, "cpu");
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.store((offsets[i] as number) % MiB, 4, i);
    return sum;
  };
}

function cachedLoads({ space, offsets }: Walk): Loop {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, false);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= cache.ld32le(offsets[i] as number);
    return sum;
  };
}

function cachedStores({ space, offsets }: Walk): Loop {
  const cache = new MemoryRegionCache(space, 0, WALK_BYTES, true);
  return (count) => {
    for (let i = 0; i < count; i++) cache.st32le(offsets[i] as number, ~i >>> 0);
    return cache.ld32le(0);
  };
}

function reads({ space, offsets }: Walk): Loop {
  const into = new Uint8Array(4 * KiB);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.read((offsets[i] as number) & ~0xfff, into);
    return sum;
  };
}

function writes({ space, offsets }: Walk): Loop {
  const from = new Uint8Array(4 * KiB).fill(0x5a);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum |= space.write((offsets[i] as number) & ~0xfff, from);
    return sum;
  };
}

function deviceLoads({ space, registers }: Board): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load(DEVICE + (registers[i] as number), 4);
    return sum;
  };
}

function deviceStores({ space, registers }: Board): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum |= space.store(DEVICE + (registers[i] as number), 4, i);
    }
    return sum;
  };
}

/** V8 boxes numbers from 2^31 on when it hands them to a callback that it does not inline. */
function largeDeviceStores({ space, registers }: Board): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum |= space.store(DEVICE + (registers[i] as number), 4, ~i >>> 0);
    }
    return sum;
  };
}

function lowDeviceLoads({ space, registers }: Board): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= space.load(LOW_DEVICE + (registers[i] as number), 4);
    return sum;
  };
}

function lowDeviceStores({ space, registers }: Board): Loop {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum |= space.store(LOW_DEVICE + (registers[i] as number), 4, i);
    }
    return sum;
  };
}

function halves({ space, wideOffsets }: Walk): Loop {
  const data = new Data64();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      space.loadData(wideOffsets[i] as number, MemOp.SIZE_64, data);
      sum ^= data.lo ^ data.hi;
    }
    return sum;
  };
}

function storedHalves({ space, wideOffsets }: Walk): Loop {
  const data = new Data64();
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      data.set(i, ~i);
      sum |= space.storeData(wideOffsets[i] as number, MemOp.SIZE_64, data);
    }
    return sum;
  };
}
