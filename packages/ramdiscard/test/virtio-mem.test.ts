import { AddressError, LifecycleError, MiB, RegionOptionsError } from "@mem/core";
import {
  BitmapRamDiscardSource,
  DiscardInhibitor,
  DiscardStatus,
  getRamDiscardManager,
  hasRamDiscardManager,
  VirtioMem,
  VirtioMemResponse,
  VirtioMemState,
} from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { listener, sectionOf } from "./machine.js";
import { BASE, BLOCK, makePluggable } from "./pc-memory.js";

const { ACK, NACK, BUSY, ERROR } = VirtioMemResponse;
const { PLUGGED, UNPLUGGED, MIXED } = VirtioMemState;

describe("a memory device", () => {
  it("starts unplugged, with what it was given", () => {
    const { device, region } = makePluggable();
    expect([device.address, device.blockSize, device.regionSize, device.node]).toEqual([
      BigInt(BASE),
      BigInt(BLOCK),
      region.size,
      0,
    ]);
    expect([device.requestedSize, device.usableRegionSize, device.pluggedSize]).toEqual([
      BigInt(8 * BLOCK),
      BigInt(12 * BLOCK),
      0n,
    ]);
    expect(device.manager).toBe(getRamDiscardManager(region));
    expect(device.manager?.isPopulated(sectionOf(region, 0, 1))).toBe(false);
  });

  it("has blocks of 2 MiB and 256 MiB to choose from unless told otherwise", () => {
    const { machine } = makePluggable();
    const region = machine.ram({ name: "more", size: 1024 * MiB, sparse: true });
    const device = new VirtioMem({ region, requestedSize: 2 * MiB });
    expect([device.blockSize, device.usableRegionSize, device.address]).toEqual([
      BigInt(2 * MiB),
      BigInt(258 * MiB),
      0n,
    ]);
  });

  it("plugs and unplugs blocks", () => {
    const { device, region, at } = makePluggable();
    expect(device.plug(at(2), 3 * BLOCK)).toBe(ACK);
    expect(device.pluggedSize).toBe(BigInt(3 * BLOCK));
    expect(device.manager?.isPopulated(sectionOf(region, 2 * BLOCK, 3 * BLOCK))).toBe(true);
    expect(device.unplug(at(3), BLOCK)).toBe(ACK);
    expect(device.manager?.isPopulated(sectionOf(region, 2 * BLOCK, 3 * BLOCK))).toBe(false);
    const states = [2, 3, 4, 5].map((block) => device.state(at(block), BLOCK));
    expect(states).toEqual(
      [PLUGGED, UNPLUGGED, PLUGGED, UNPLUGGED].map((state) => ({ response: ACK, state })),
    );
    expect(device.state(at(2), 3 * BLOCK)).toEqual({ response: ACK, state: MIXED });
    expect(device.state(at(0), 2 * BLOCK)).toEqual({ response: ACK, state: UNPLUGGED });
  });

  it("refuses what is not blocks of the usable region, or not in that state", () => {
    const { device, at, log } = makePluggable();
    device.plug(at(4), 2 * BLOCK);
    const bad: (readonly [number | bigint, number | bigint])[] = [
      [at(0) + 4096, BLOCK],
      [at(0), BLOCK - 1],
      [at(0), 0],
      [at(0), -BLOCK],
      [at(0) - BLOCK, BLOCK],
      [at(0) - BLOCK, 2 * BLOCK],
      [at(12), BLOCK],
      [at(11), 2 * BLOCK],
      [0, BLOCK],
      [-1, BLOCK],
      [2n ** 64n - BigInt(BLOCK), BLOCK],
      [2n ** 70n, 2n ** 70n],
      [Number.NaN, BLOCK],
      [1.5, BLOCK],
      [at(0), Number.POSITIVE_INFINITY],
    ];
    for (const [address, size] of bad) {
      expect(device.state(address, size)).toEqual({ response: ERROR });
      expect([device.plug(address, size), device.unplug(address, size)]).toEqual([ERROR, ERROR]);
    }
    expect([device.plug(at(3), 2 * BLOCK), device.plug(at(4), BLOCK)]).toEqual([ERROR, ERROR]);
    expect([device.unplug(at(3), 2 * BLOCK), device.unplug(at(0), BLOCK)]).toEqual([ERROR, ERROR]);
    expect(device.pluggedSize).toBe(BigInt(2 * BLOCK));
    expect(log).toHaveLength(3 * bad.length + 4);
    expect(log[0]).toBe("guest_error: virtio-mem on vmem0: state 0x100001000+0x200000 refused");
  });

  it("does not let the guest have more than is requested", () => {
    const { device, at } = makePluggable();
    expect([device.plug(at(0), 9 * BLOCK), device.plug(at(0), 7 * BLOCK)]).toEqual([NACK, ACK]);
    expect([device.plug(at(8), 2 * BLOCK), device.plug(at(8), BLOCK)]).toEqual([NACK, ACK]);
    device.requestedSize = 2 * BLOCK;
    expect([device.plug(at(9), BLOCK), device.unplug(at(0), 6 * BLOCK)]).toEqual([NACK, ACK]);
    expect([device.plug(at(9), BLOCK), device.pluggedSize]).toEqual([NACK, BigInt(2 * BLOCK)]);
    device.unplug(at(8), BLOCK);
    expect(device.plug(at(9), BLOCK)).toBe(ACK);
  });

  it("lets the usable region grow with what is requested, and shrink when nothing is plugged", () => {
    const { device, at } = makePluggable();
    const usable = () => Number(device.usableRegionSize) / BLOCK;
    device.plug(at(11), BLOCK);
    device.requestedSize = 2 * BLOCK;
    expect([usable(), device.state(at(11), BLOCK).response]).toEqual([12, ACK]);
    device.requestedSize = 13 * BLOCK;
    expect(usable()).toBe(16);
    device.requestedSize = 2 * BLOCK;
    expect([device.unplugAll(), usable(), device.pluggedSize]).toEqual([ACK, 6, 0n]);
    expect(device.plug(at(6), BLOCK)).toBe(ERROR);
    device.requestedSize = 0;
    expect([usable(), device.plug(at(0), BLOCK)]).toEqual([6, NACK]);
    expect([device.unplugAll(), usable(), device.plug(at(0), BLOCK)]).toEqual([ACK, 0, ERROR]);
  });

  it("has a listener's promise that is rejected in the log", async () => {
    const { device, log } = makePluggable();
    device.listen({ pluggedSizeChanged: () => Promise.reject(new Error("late")) as never });
    expect(device.plug(Number(device.address), BLOCK)).toBe(ACK);
    await Promise.resolve();
    await Promise.resolve();
    expect(log.filter((line) => line.includes("late"))).toHaveLength(1);
  });

  it("tells who listens", () => {
    const { device, at, log } = makePluggable();
    const told: string[] = [];
    const registration = device.listen({
      configChanged: () => told.push(`config ${device.requestedSize} ${device.usableRegionSize}`),
      pluggedSizeChanged: (size) => told.push(`plugged ${size} ${device.unplug(at(0), BLOCK)}`),
    });
    device.listen({ configChanged: () => expect.unreachable("listeners that throw are logged") });
    device.requestedSize = 9 * BLOCK;
    device.requestedSize = 9 * BLOCK;
    device.plug(at(2), 2 * BLOCK);
    device.plug(at(2), 2 * BLOCK);
    device.unplug(at(2), BLOCK);
    device.unplugAll();
    device.unplugAll();
    const [two, one] = [2 * BLOCK, BLOCK];
    expect(told).toEqual([
      `config ${9 * BLOCK} ${13 * BLOCK}`,
      `plugged ${two} ${ERROR}`,
      `plugged ${one} ${ERROR}`,
      `plugged 0 ${ERROR}`,
    ]);
    expect(log.join()).toContain("listeners that throw are logged");
    registration[Symbol.dispose]();
    device.requestedSize = 0;
    expect(told).toHaveLength(4);
  });

  it("unplugs everything in a reset, and keeps what is requested", () => {
    const { device, at } = makePluggable();
    device.plug(at(0), 4 * BLOCK);
    const hold = device.hold();
    expect([device.reset(), device.pluggedSize]).toEqual([false, BigInt(4 * BLOCK)]);
    hold[Symbol.dispose]();
    expect([device.reset(), device.pluggedSize, device.requestedSize]).toEqual([
      true,
      0n,
      BigInt(8 * BLOCK),
    ]);
  });
});

describe("a memory device that is busy", () => {
  it("changes no block while it is held", () => {
    const { device, at } = makePluggable();
    device.plug(at(0), BLOCK);
    const holds = [device.hold(), device.hold()];
    const ask = () => [device.plug(at(1), BLOCK), device.unplug(at(0), BLOCK), device.unplugAll()];
    expect(ask()).toEqual([BUSY, BUSY, BUSY]);
    expect(device.restore({ ...device.save(), bitmap: new Uint8Array(2) })).toBe(
      DiscardStatus.BUSY,
    );
    holds[0]?.[Symbol.dispose]();
    holds[0]?.[Symbol.dispose]();
    expect(ask()).toEqual([BUSY, BUSY, BUSY]);
    expect(device.state(at(0), BLOCK)).toEqual({ response: ACK, state: PLUGGED });
    holds[1]?.[Symbol.dispose]();
    expect(ask()).toEqual([ACK, ACK, ACK]);
  });

  it("keeps others from disabling discards, and exists only where nobody did", () => {
    const { machine, device } = makePluggable();
    const inhibitor = DiscardInhibitor.of(machine);
    expect([inhibitor.disable(true), inhibitor.uncoordinatedDisable(true)]).toEqual([-16, 0]);
    device[Symbol.dispose]();
    expect(inhibitor.disable(true)).toBe(0);
    const region = machine.ram({ name: "more", size: BLOCK });
    expect(() => new VirtioMem({ region })).toThrow(LifecycleError);
    expect([hasRamDiscardManager(region), inhibitor.isRequired]).toEqual([false, false]);
  });

  it("answers busy while discards are inhibited, where it tolerates that", () => {
    const { machine, device, at } = makePluggable({ toleratesInhibition: true });
    const inhibitor = DiscardInhibitor.of(machine);
    device.plug(at(0), BLOCK);
    expect([inhibitor.isRequired, inhibitor.disable(true)]).toEqual([false, 0]);
    const ask = () => [device.plug(at(1), BLOCK), device.unplug(at(0), BLOCK), device.unplugAll()];
    expect(ask()).toEqual([BUSY, BUSY, BUSY]);
    expect(device.pluggedSize).toBe(BigInt(BLOCK));
    inhibitor.disable(false);
    inhibitor.uncoordinatedDisable(true);
    expect([...ask(), inhibitor.isRequired]).toEqual([ACK, ACK, ACK, false]);
    device[Symbol.dispose]();
    expect(inhibitor.isRequired).toBe(false);
  });

  it("answers busy to requests out of the callbacks of a request", () => {
    const { machine, system, device, region, at, block } = makePluggable();
    const answers: unknown[] = [];
    const ask = () => {
      answers.push(device.plug(at(5), BLOCK), device.unplugAll());
      expect(() => device[Symbol.dispose]()).toThrow(LifecycleError);
    };
    device.manager?.registerListener(
      { notifyPopulate: ask, notifyDiscard: ask },
      sectionOf(region, 0, 16 * BLOCK),
    );
    expect([device.plug(at(0), BLOCK), device.unplug(at(0), BLOCK)]).toEqual([ACK, ACK]);
    expect(answers.splice(0)).toEqual([BUSY, BUSY, BUSY, BUSY]);
    // Memory that goes back to the host is a change of the map, which has listeners, too.
    device.plug(at(0), BLOCK);
    block?.write(0, Uint8Array.of(1));
    let armed = false;
    machine.addressSpace(system, "watched").listen({ commit: () => void (armed && ask()) });
    armed = true;
    answers.length = 0;
    expect([device.unplug(at(0), BLOCK), device.pluggedSize]).toEqual([ACK, 0n]);
    expect(answers).toEqual([BUSY, BUSY, BUSY, BUSY]);
  });
});

describe("a memory device beside another source", () => {
  it("decides with it what is populated", () => {
    const { device, region, at } = makePluggable();
    const told: string[] = [];
    const secret = new BitmapRamDiscardSource(region, 0x1000);
    secret.populate(0, 2 * BLOCK + 0x1000);
    device.plug(at(0), BLOCK);
    device.manager?.registerListener(listener("a", told), sectionOf(region, 0, 16 * BLOCK));
    device.manager?.addSource(secret);
    expect(device.manager?.getMinGranularity(region)).toBe(0x1000n);
    device.plug(at(1), 2 * BLOCK);
    secret.populate(4 * BLOCK, BLOCK);
    device.plug(at(4), BLOCK);
    secret.discard(0x3000, 0x1000);
    device.unplug(at(0), 2 * BLOCK);
    expect(told).toEqual([
      "a+0+200000",
      "a+200000+201000",
      "a+800000+200000",
      "a-3000+1000",
      "a-0+3000",
      "a-4000+3fc000",
    ]);
  });

  it("leaves it the region", () => {
    const { device, region } = makePluggable();
    const other = new BitmapRamDiscardSource(region, 0x1000);
    device.manager?.addSource(other);
    const { manager } = device;
    device[Symbol.dispose]();
    device[Symbol.dispose]();
    expect([manager?.sources, getRamDiscardManager(region)]).toEqual([[other], manager]);
  });
});

describe("the end of a memory device", () => {
  it("makes its region ordinary memory", () => {
    const { machine, device, region, at } = makePluggable();
    const told: string[] = [];
    device.plug(at(1), BLOCK);
    const { manager } = device;
    let refuse = true;
    const one = listener("a", told, { refuse: (part) => (refuse && part.size > BLOCK ? -1 : 0) });
    manager?.registerListener(one, sectionOf(region, 0, 4 * BLOCK));
    expect(() => device[Symbol.dispose]()).toThrow(LifecycleError);
    expect(told.splice(0)).toEqual([
      "a+200000+200000",
      "a+0+200000",
      "a+400000+400000",
      "a-0+200000",
    ]);
    expect(device.unplug(at(1), BLOCK)).toBe(ACK);
    refuse = false;
    told.length = 0;
    device[Symbol.dispose]();
    expect([told, DiscardInhibitor.of(machine).isRequired]).toEqual([["a+0+800000"], false]);
    expect([device.plug(at(0), BLOCK), device.unplugAll(), device.reset()]).toEqual([
      ERROR,
      ERROR,
      false,
    ]);
    expect(device.state(at(0), BLOCK)).toEqual({ response: ERROR });
    expect(() => (device.requestedSize = BLOCK)).toThrow(LifecycleError);
    expect(() => device.restore(device.save())).toThrow(LifecycleError);
  });

  it("is what its region lives to see", () => {
    const { machine } = makePluggable();
    const owner = machine.objects.create("container");
    const region = machine.ram({ name: "mine", size: BLOCK, owner });
    const device = new VirtioMem({ region });
    owner.unref();
    expect(region.finalized).toBe(false);
    device[Symbol.dispose]();
    expect(region.finalized).toBe(true);
  });
});

describe("misuse of a memory device", () => {
  it.each([
    ["blocks that are no power of two", { blockSize: 3 * MiB }],
    ["blocks smaller than a page", { blockSize: 2048 }],
    ["blocks larger than the region", { blockSize: 64 * BLOCK }],
    ["an address within a block", { address: BASE + 4096 }],
    ["a requested size within a block", { requestedSize: BLOCK + 4096 }],
    ["more than the region has", { requestedSize: 17 * BLOCK }],
    ["a node that is no number of 16 bits", { node: 0x10000 }],
  ])("is %s", (_what, options) => {
    expect(() => makePluggable(options)).toThrow(RegionOptionsError);
  });

  it("is a region that is not writable RAM, numbers that are none, and a change of shape", () => {
    const { machine, device } = makePluggable();
    const rom = machine.rom({ name: "rom", size: BLOCK });
    const io = machine.container({ name: "c", size: BLOCK });
    for (const region of [rom, io])
      expect(() => new VirtioMem({ region })).toThrow(RegionOptionsError);
    const region = machine.ram({ name: "odd", size: BLOCK + 4096 });
    expect(() => new VirtioMem({ region })).toThrow("whole blocks");
    expect(() => new VirtioMem({ region, blockSize: -1 })).toThrow(AddressError);
    expect(hasRamDiscardManager(region)).toBe(false);
    for (const size of [1, 17 * BLOCK]) {
      expect(() => (device.requestedSize = size)).toThrow(RegionOptionsError);
    }
    expect(() => (device.requestedSize = 0.5)).toThrow(AddressError);
    expect(device.requestedSize).toBe(BigInt(8 * BLOCK));
  });
});
