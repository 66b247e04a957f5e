import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { virtioRng } from "../../../src/devices/virtio/index.js";
import { hostRandom, type RandomSource } from "../../../src/objects/random-source.js";
import { UserObjectError, UserObjects } from "../../../src/objects/user-objects.js";
import { VirtioDriver, type Part } from "./virtio-driver.js";

const NEEDS_RESET = 0x40;
const room = (bytes: number): Part => ({ bytes, write: true });

/** Bytes that count up, `most` in all. */
function counting(most = Number.MAX_SAFE_INTEGER): RandomSource {
  let next = 0;
  return {
    read: (count) =>
      Uint8Array.from({ length: Math.min(count, Math.max(0, most - next)) }, () => ++next),
  };
}

function setUp(source: RandomSource, properties = {}): VirtioDriver {
  const driver = new VirtioDriver(plug(virtioRng, { rng: () => source, ...properties }), false);
  driver.start();
  return driver;
}

describe("virtio-rng", () => {
  it("fills buffers with what its source gives", () => {
    const driver = setUp(counting());
    expect([...driver.request([room(4), room(3)])[1]!]).toEqual([5, 6, 7]);
    expect(driver.usedLength(0)).toBe(7);
    expect([...driver.request([room(2)])[0]!]).toEqual([8, 9]);
  });

  it("tells how many there were where the source ends", () => {
    const driver = setUp(counting(3));
    driver.request([room(8)]);
    driver.request([room(8)]);
    expect([driver.usedLength(0), driver.usedLength(1)]).toEqual([3, 0]);
  });

  it("gives so many in a period, and goes on in the next one", () => {
    const driver = setUp(counting(), { "max-bytes": 6, period: 100 });
    const { clock } = driver.rig;
    const pass = (ms: number): void => {
      clock.advance(ms * 1e6);
      clock.runDue();
    };
    for (const head of [0, 1, 2]) driver.offer([room(4)], 0, false, head);
    driver.kick();
    expect([driver.usedLength(0), driver.usedLength(1), driver.usedIndex()]).toEqual([4, 2, 2]);
    pass(99);
    expect(driver.usedIndex()).toBe(2);
    pass(2);
    expect([driver.usedIndex(), driver.usedLength(2)]).toEqual([3, 4]);
  });

  it("has to be reset where a buffer is where no memory is", () => {
    const driver = setUp(counting());
    const [queue] = driver.queues;
    driver.descriptor(queue!.descriptors, 0, [0xd000_0000, 16, 2, 0]);
    driver.makeAvailable(queue!, 0);
    driver.kick();
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  it("refuses a period of nothing", () => {
    expect(() => setUp(counting(), { period: 0 })).toThrow("expects a positive integer");
  });
});

describe("sources of random bytes", () => {
  it("are the host's generator, however many are wanted", () => {
    const bytes = hostRandom.read(200_000);
    expect(bytes).toHaveLength(200_000);
    expect(new Set(bytes.subarray(190_000)).size).toBeGreaterThan(200);
  });

  it("are found by their names while they are there", () => {
    const file = counting();
    const objects = new UserObjects(new Machine(), { random: () => file });
    objects.add({ "qom-type": "rng-random", id: "r", filename: "x" }, "text");
    objects.add({ "qom-type": "rng-builtin", id: "b" }, "text");
    objects.add({ "qom-type": "memory-backend-ram", id: "m", size: "64K" }, "text");
    expect([objects.randomFor("r", "rng"), objects.randomFor("b", "rng")]).toEqual([
      file,
      hostRandom,
    ]);
    expect(() => objects.randomFor("m", "rng")).toThrow("expected: rng-backend");
    objects.remove("r");
    expect(() => objects.randomFor("r", "rng")).toThrow(UserObjectError);
  });
});
