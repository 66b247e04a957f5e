import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { virtioBlk } from "../../../src/devices/virtio/index.js";
import { driveOf } from "../../../src/storage/drive-backend.js";
import { MemoryImage } from "../../../src/storage/memory-image.js";
import { Flag, SLOT, VirtioDriver, type Part } from "./virtio-driver.js";

const VERSION_1 = 1n << 32n;
const EVENT_IDX = 1n << 29n;
const NEEDS_RESET = 0x40;
const MESSAGES = [0x20_0000, 0x20_0010] as const;

const READ: readonly Part[] = [
  { bytes: new Uint8Array(16) },
  { bytes: 512, write: true },
  { bytes: 1, write: true },
];

function setUp(legacy = false, features = VERSION_1): VirtioDriver {
  const drive = driveOf(new MemoryImage(64 * 1024));
  const driver = new VirtioDriver(plug(virtioBlk, { drive }), legacy);
  driver.start(features);
  return driver;
}

describe("the registers of version 1", () => {
  it("are found by capabilities", () => {
    const driver = setUp();
    const { rig } = driver;
    const places = [1, 3, 4, 2].map((type) => {
      const at = driver.capability(0x09, type);
      return [
        rig.config(SLOT, 0, at + 4, 1),
        rig.config(SLOT, 0, at + 8),
        rig.config(SLOT, 0, at + 12),
      ];
    });
    expect(places).toEqual([0, 1, 2, 3].map((room) => [4, room * 0x1000, 0x1000]));
  });

  it("are reached through configuration space", () => {
    const driver = setUp();
    const { rig } = driver;
    const at = driver.capability(0x09, 5);
    const point = (offset: number, size: number): void => {
      rig.setConfig(SLOT, 0, at + 4, 4, 1);
      rig.setConfig(SLOT, 0, at + 8, offset);
      rig.setConfig(SLOT, 0, at + 12, size);
    };
    point(0x14, 1);
    expect(rig.config(SLOT, 0, at + 16, 1)).toBe(0xf);
    rig.setConfig(SLOT, 0, at + 16, 0, 1);
    expect(driver.status).toBe(0);
    point(0x2000, 4);
    expect(rig.config(SLOT, 0, at + 16)).toBe(128);
    // Neither a hole nor a width that there is not is an access.
    for (const [offset, size] of [
      [0x4000, 4],
      [0x14, 3],
      [0x13, 2],
      [0xffff_fffc, 4],
    ] as const) {
      point(offset, size);
      rig.setConfig(SLOT, 0, at + 16, 0xab);
      expect(rig.config(SLOT, 0, at + 16)).toBe(0xab);
    }
  });

  it("offer features, and forget none that was taken until a reset", () => {
    const driver = setUp();
    expect(driver.offered).toBe(0x101_3000_6e54n);
    driver.setCommon(8, 0);
    driver.setCommon(0xc, 0xffff_ffff);
    driver.setCommon(0, 2);
    expect(driver.common(4)).toBe(0);
    driver.status = 0;
    expect([driver.status, driver.common(0x1c, 2), driver.common(0x20)]).toEqual([0, 0, 0]);
  });

  it("know the vectors that there are", () => {
    const driver = setUp();
    driver.setCommon(0x16, 0, 2);
    for (const [vector, kept] of [
      [0, 0],
      [1, 1],
      [2, 0xffff],
      [0xffff, 0xffff],
    ] as const) {
      driver.setCommon(0x1a, vector, 2);
      driver.setCommon(0x10, vector, 2);
      expect([driver.common(0x1a, 2), driver.common(0x10, 2)]).toEqual([kept, kept]);
    }
  });

  it("have no queue beyond the last", () => {
    const driver = setUp();
    driver.setCommon(0x16, 1, 2);
    driver.setCommon(0x1c, 1, 2);
    expect([driver.common(0x18, 2), driver.common(0x1a, 2), driver.common(0x1c, 2)]).toEqual([
      0, 0xffff, 0,
    ]);
    driver.kick(1);
    driver.kick(700);
    expect(driver.rig.messages).toEqual([]);
  });

  it("reset a queue by itself", () => {
    const driver = setUp(false, VERSION_1 | (1n << 40n));
    driver.request(READ);
    driver.setCommon(0x16, 0, 2);
    driver.setCommon(0x3a, 1, 2);
    expect([driver.common(0x1c, 2), driver.common(0x20)]).toEqual([0, 0]);
    driver.kick();
    expect([driver.usedIndex(), driver.status]).toEqual([1, 0xf]);
  });
});

describe("the legacy interface", () => {
  it("is reset by a queue at page 0", () => {
    const driver = setUp(true);
    driver.request(READ);
    expect(driver.port(8, 4)).toBe(0x100);
    driver.setPort(8, 4, 0);
    expect([driver.status, driver.port(8, 4)]).toEqual([0, 0]);
  });

  it("has the vectors' registers before the configuration while there are messages", () => {
    const driver = setUp(true);
    expect(driver.port(0x14, 4)).toBe(128);
    driver.enableMessages(MESSAGES);
    expect([driver.port(0x14, 2), driver.port(0x16, 2), driver.port(0x18, 4)]).toEqual([
      0xffff, 0xffff, 128,
    ]);
    driver.setPort(0x16, 2, 1);
    expect(driver.port(0x16, 2)).toBe(1);
  });

  it("lets the device master the bus where an old driver forgot to", () => {
    const driver = setUp(true);
    driver.rig.setConfig(SLOT, 0, 4, 3, 2);
    driver.start();
    expect(driver.rig.config(SLOT, 0, 4, 2) & 4).toBe(4);
    driver.request(READ);
    expect(driver.usedIndex()).toBe(1);
  });
});

describe.each([
  ["version 1", false],
  ["legacy", true],
])("interrupts of %s", (_name, legacy) => {
  it("hold the pin until their cause was looked at", () => {
    const driver = setUp(legacy);
    expect(driver.pin).toBe(false);
    driver.request(READ);
    expect(driver.pin).toBe(true);
    expect([driver.causes(), driver.causes()]).toEqual([1, 0]);
    expect(driver.pin).toBe(false);
  });

  it("are messages where the guest wants them, and wait while masked", () => {
    const driver = setUp(legacy);
    driver.enableMessages(MESSAGES, true);
    if (legacy) {
      driver.setPort(0x16, 2, 1);
    } else {
      driver.setCommon(0x16, 0, 2);
      driver.setCommon(0x1a, 1, 2);
    }
    driver.request(READ);
    expect([driver.pin, driver.pending, driver.rig.read(MESSAGES[1])]).toEqual([false, 2, 0]);
    driver.mask(1, false);
    expect([driver.pending, driver.rig.read(MESSAGES[1])]).toEqual([0, 0x1235]);
    // The mask of all.
    driver.rig.write(MESSAGES[1], 0);
    driver.rig.setConfig(SLOT, 0, driver.capability(0x11) + 2, 0xc000, 2);
    driver.request(READ);
    expect([driver.pending, driver.rig.read(MESSAGES[1])]).toEqual([2, 0]);
    driver.rig.setConfig(SLOT, 0, driver.capability(0x11) + 2, 0x8000, 2);
    expect([driver.pending, driver.rig.read(MESSAGES[1])]).toEqual([0, 0x1235]);
    expect(driver.rig.read(MESSAGES[0])).toBe(0);
  });

  it("are left out while the driver does not want them", () => {
    const driver = setUp(legacy);
    driver.rig.write(driver.queues[0]!.available, 1, 2);
    driver.request(READ);
    expect([driver.usedIndex(), driver.pin]).toEqual([1, false]);
  });

  it("come when the used index passes the one that the driver named", () => {
    const driver = setUp(legacy, VERSION_1 | EVENT_IDX);
    const queue = driver.queues[0]!;
    const named = (index: number): void =>
      driver.rig.write(queue.available + 4 + 2 * queue.entries, index, 2);
    named(0);
    driver.request(READ);
    expect(driver.causes()).toBe(1);
    named(2);
    const told = [1, 2, 3].map(() => {
      driver.request(READ);
      return driver.causes();
    });
    expect(told).toEqual([0, 1, 0]);
    // The device names the next one that it wants to be told of.
    expect(driver.rig.read(queue.used + 4 + 8 * queue.entries, 2)).toBe(4);
  });
});

describe("a driver that breaks the rules", () => {
  const chains: Readonly<Record<string, (driver: VirtioDriver, table: number) => void>> = {
    "a loop": (driver, table) => {
      driver.descriptor(table, 0, [0x1000, 16, Flag.NEXT, 1]);
      driver.descriptor(table, 1, [0x1000, 16, Flag.NEXT, 0]);
    },
    "a descriptor that there is not": (driver, table) =>
      driver.descriptor(table, 0, [0x1000, 16, Flag.NEXT, 999]),
    "an empty buffer": (driver, table) => driver.descriptor(table, 0, [0x1000, 0, 0, 0]),
    "buffers in the wrong order": (driver, table) => {
      driver.descriptor(table, 0, [0x1000, 16, Flag.NEXT | Flag.WRITE, 1]);
      driver.descriptor(table, 1, [0x1000, 16, 0, 0]);
    },
    "a table that is no table": (driver, table) =>
      driver.descriptor(table, 0, [0x1000, 17, Flag.INDIRECT, 0]),
    "a table where no memory is": (driver, table) =>
      driver.descriptor(table, 0, [0xd000_0000, 32, Flag.INDIRECT, 0]),
    "a table in a table": (driver, table) => {
      driver.descriptor(0x30_0000, 0, [0x30_0000, 16, Flag.INDIRECT, 0]);
      driver.descriptor(table, 0, [0x30_0000, 16, Flag.INDIRECT, 0]);
    },
    "a request without a status": (driver, table) =>
      driver.descriptor(table, 0, [0x1000, 16, 0, 0]),
    "a request without a header": (driver, table) =>
      driver.descriptor(table, 0, [0x1000, 16, Flag.WRITE, 0]),
    "data where no memory is": (driver, table) => {
      driver.descriptor(table, 0, [0x1000, 16, Flag.NEXT, 1]);
      driver.descriptor(table, 1, [0xd000_0000, 513, Flag.WRITE, 0]);
    },
  };

  it.each(Object.entries(chains))("has to reset the device: %s", (_name, build) => {
    const driver = setUp();
    const queue = driver.queues[0]!;
    build(driver, queue.descriptors);
    driver.makeAvailable(queue, 0);
    driver.kick();
    expect(driver.status).toBe(0xf | NEEDS_RESET);
    expect(driver.causes()).toBe(3);
    expect(driver.rig.messages).toHaveLength(1);
    driver.request(READ);
    expect(driver.usedIndex()).toBe(0);
    driver.start();
    driver.request(READ);
    expect([driver.usedIndex(), driver.status]).toEqual([1, 0xf]);
  });

  it("has to reset the device: an index out of reach", () => {
    const driver = setUp();
    const { available } = driver.queues[0]!;
    driver.rig.write(available + 2, 999, 2);
    driver.kick();
    expect(driver.status).toBe(0xf | NEEDS_RESET);
    driver.start();
    driver.makeAvailable(driver.queues[0]!, 77);
    driver.kick();
    expect(driver.status).toBe(0xf | NEEDS_RESET);
  });

  it("reaches nothing while it does not let the device master the bus", () => {
    const driver = setUp();
    driver.offer(READ);
    driver.rig.setConfig(SLOT, 0, 4, 3, 2);
    driver.kick();
    expect(driver.status).toBe(0xf | NEEDS_RESET);
  });

  it.each(Array.from({ length: 40 }, (_none, seed) => seed + 1))(
    "may write anything anywhere (seed %i)",
    (seed) => {
      let state = seed * 2_654_435_761;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return (state >>> 8) % below;
      };
      const legacy = seed % 2 === 0;
      const driver = setUp(legacy, random(2) === 0 ? VERSION_1 | EVENT_IDX : VERSION_1);
      const addresses = [0x1000, 0x10_0000, 0x30_0000, 0xd000_0000, 0xfe00_0000, 0xfeb0_0000];
      for (let round = 0; round < 60; round++) {
        const { descriptors, available } = driver.queues[0]!;
        for (let index = 0; index < 16; index++) {
          driver.descriptor(descriptors, index, [
            addresses[random(addresses.length)]! + random(0x2000),
            random(4) === 0 ? random(0x7fff_ffff) : random(600),
            random(8),
            random(18),
          ]);
        }
        for (let entry = 0; entry < 16; entry++) {
          driver.rig.write(available + 4 + 2 * entry, random(17), 2);
        }
        driver.rig.write(available + 2, random(40), 2);
        if (legacy) driver.setPort(random(0x20), 4, random(0x7fff_ffff));
        else driver.setCommon(random(0x40), random(0x1_0000), 2);
        driver.kick(random(3));
        driver.rig.clock.advance(1000);
        driver.rig.clock.runDue();
        if (random(4) === 0) driver.start();
      }
      driver.status = 0;
      driver.place();
      driver.start();
      const [, , status] = driver.request(READ);
      expect(status![0]).toBe(0);
    },
  );
});
