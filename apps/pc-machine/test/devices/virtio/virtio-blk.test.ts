import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { virtioBlk } from "../../../src/devices/virtio/index.js";
import { BlockError } from "../../../src/storage/block-backend.js";
import {
  driveOf,
  emptyDrive,
  type BlockErrorAction,
  type DriveBackend,
} from "../../../src/storage/drive-backend.js";
import { MemoryImage } from "../../../src/storage/memory-image.js";
import { DEVICE, SLOT, VirtioDriver, type Part } from "./virtio-driver.js";

const KIB = 1024;
const Type = { READ: 0, WRITE: 1, FLUSH: 4, GET_ID: 8, DISCARD: 11, WRITE_ZEROES: 13 } as const;

function image(bytes = 64 * KIB, readonly = false): MemoryImage {
  return new MemoryImage(
    Uint8Array.from({ length: bytes }, (_none, at) => (at >> 9) + at),
    { readonly },
  );
}

function header(type: number, sector = 0): Part {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return { bytes };
}

function range(sector: number, count: number, flags = 0): Part {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sector), true);
  view.setUint32(8, count, true);
  view.setUint32(12, flags, true);
  return { bytes };
}

const STATUS: Part = { bytes: 1, write: true };

function setUp(drive: DriveBackend, legacy = false, properties = {}) {
  const driver = new VirtioDriver(plug(virtioBlk, { drive, ...properties }), legacy);
  driver.start();
  return driver;
}

/** A request's status, and the data it brought. */
function ask(driver: VirtioDriver, parts: readonly Part[], indirect = false) {
  const answers = driver.request([...parts, STATUS], 0, indirect);
  return { status: answers.at(-1)![0], data: answers.at(-2)! };
}

describe.each([
  ["version 1", false],
  ["legacy", true],
])("virtio-blk, by the interface of %s", (_name, legacy) => {
  it("reads and writes sectors, in one buffer or several", () => {
    const disk = image();
    const driver = setUp(driveOf(disk), legacy);
    const { status, data } = ask(driver, [header(Type.READ, 3), { bytes: 1024, write: true }]);
    expect(status).toBe(0);
    expect(data).toEqual(disk.bytes.slice(1536, 2560));
    const pieces = [100, 412].map((bytes) => ({ bytes: new Uint8Array(bytes).fill(bytes) }));
    expect(ask(driver, [header(Type.WRITE, 7), ...pieces]).status).toBe(0);
    expect(disk.bytes.slice(3584, 3684)).toEqual(new Uint8Array(100).fill(100));
    expect(disk.bytes.slice(3684, 4096)).toEqual(new Uint8Array(412).fill(412));
    expect(driver.usedIndex()).toBe(2);
    expect(driver.usedLength(0)).toBe(1025);
  });

  it("takes the buffers from a table of their own", () => {
    const disk = image();
    const driver = setUp(driveOf(disk), legacy);
    const parts = [header(Type.READ), { bytes: 512, write: true }];
    expect(ask(driver, parts, true).data).toEqual(disk.bytes.slice(0, 512));
  });

  it("refuses what it cannot do, by a status", () => {
    const driver = setUp(driveOf(image()), legacy);
    const read = (sector: number, bytes: number) =>
      ask(driver, [header(Type.READ, sector), { bytes, write: true }]).status;
    expect([read(127, 512), read(128, 512), read(127, 1024), read(2 ** 40, 512)]).toEqual([
      0, 1, 1, 1,
    ]);
    expect(read(0, 100)).toBe(1);
    expect(ask(driver, [header(99)]).status).toBe(2);
  });

  it("tells its name, flushes, discards and writes zeros", () => {
    const disk = image();
    const driver = setUp(driveOf(disk), legacy, { serial: "abc123" });
    const { data } = ask(driver, [header(Type.GET_ID), { bytes: 20, write: true }]);
    expect(String.fromCharCode(...data)).toBe(`abc123${"\0".repeat(14)}`);
    expect(ask(driver, [header(Type.FLUSH)]).status).toBe(0);
    const before = disk.bytes.slice();
    expect(ask(driver, [header(Type.DISCARD), range(0, 8)]).status).toBe(0);
    expect(ask(driver, [header(Type.DISCARD), range(0, 8, 1)]).status).toBe(2);
    expect(ask(driver, [header(Type.DISCARD), range(128, 1)]).status).toBe(1);
    expect(disk.bytes).toEqual(before);
    expect(ask(driver, [header(Type.WRITE_ZEROES), range(2, 3, 1)]).status).toBe(0);
    before.fill(0, 1024, 2560);
    expect(disk.bytes).toEqual(before);
  });

  it("says what it is, and is read only where its medium is", () => {
    const driver = setUp(driveOf(image(64 * KIB, true)), legacy);
    expect(driver.offered & (1n << 5n)).toBe(1n << 5n);
    const at = (offset: number): number =>
      legacy ? driver.port(0x14 + offset, 4) : driver.rig.read(DEVICE + offset);
    expect([at(0), at(4), at(12), at(20)]).toEqual([128, 0, 254, 512]);
    expect(ask(driver, [header(Type.WRITE), { bytes: 512 }]).status).toBe(1);
  });

  it("carries a large request out piece by piece, and lets the guest go on meanwhile", () => {
    const disk = image(9 * KIB * KIB);
    const driver = setUp(driveOf(disk), legacy);
    const sectors = disk.sectors;
    driver.offer([header(Type.WRITE_ZEROES), range(0, sectors), STATUS]);
    driver.kick();
    expect(driver.usedIndex()).toBe(0);
    driver.settle();
    expect(driver.usedIndex()).toBe(1);
    expect(disk.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("gives a request up that is under way when it is reset", () => {
    const disk = image(9 * KIB * KIB);
    const driver = setUp(driveOf(disk), legacy);
    driver.offer([header(Type.WRITE_ZEROES), range(0, disk.sectors), STATUS]);
    driver.kick();
    driver.status = 0;
    driver.settle();
    expect(disk.bytes.at(-1)).not.toBe(0);
    driver.start();
    expect(ask(driver, [header(Type.READ), { bytes: 512, write: true }]).status).toBe(0);
  });
});

/** A drive whose next transfers fail, and of which the action on that is told. */
function failing(action: BlockErrorAction): {
  drive: DriveBackend;
  goOn: () => void;
  mend: () => void;
} {
  const fine = driveOf(image());
  let broken = true;
  let retry: (() => void) | null = null;
  const transfer = (done: () => void): void => {
    if (broken) throw new BlockError("no", { rule: "test" });
    done();
  };
  const drive: DriveBackend = {
    present: true,
    sectors: fine.sectors,
    readonly: false,
    read: (lba, into) => transfer(() => fine.read(lba, into)),
    write: (lba, from) => transfer(() => fine.write(lba, from)),
    flush: () => transfer(() => undefined),
    connect: () => undefined,
    disconnect: () => undefined,
    onErrors: () => undefined,
    failed: () => action,
    hold: (again) => {
      retry = again;
    },
    trayMoved: () => undefined,
  };
  return {
    drive,
    goOn: () => retry?.(),
    mend: () => {
      broken = false;
    },
  };
}

describe("errors of the host", () => {
  const parts = [header(Type.READ), { bytes: 512, write: true }];

  it.each([
    ["report", 1],
    ["ignore", 0],
  ] as const)("%s gives status %i", (action, status) => {
    expect(ask(setUp(failing(action).drive), parts).status).toBe(status);
  });

  it("hold the request until the machine goes on", () => {
    const { drive, goOn, mend } = failing("hold");
    const driver = setUp(drive);
    driver.request([...parts, STATUS]);
    driver.request([header(Type.FLUSH), STATUS]);
    expect(driver.usedIndex()).toBe(0);
    goOn();
    expect(driver.usedIndex()).toBe(0);
    mend();
    goOn();
    driver.settle();
    expect(driver.usedIndex()).toBe(2);
  });

  it("do not come back to a device that was reset", () => {
    const { drive, goOn, mend } = failing("hold");
    const driver = setUp(drive);
    driver.request([...parts, STATUS]);
    driver.start();
    mend();
    goOn();
    expect(driver.usedIndex()).toBe(0);
    expect(ask(driver, parts).status).toBe(0);
  });
});

describe("virtio-blk-pci", () => {
  const identity = (properties: object) => {
    const { rig } = setUp(driveOf(image()), false, properties);
    return [rig.config(SLOT, 0, 0), rig.config(SLOT, 0, 8), rig.config(SLOT, 0, 0x2c)];
  };

  it("is one of both interfaces, or of either", () => {
    expect(identity({})).toEqual([0x1001_1af4, 0x0100_0000, 0x0002_1af4]);
    expect(identity({ "disable-legacy": "on" })).toEqual([0x1042_1af4, 0x0100_0001, 0x1100_1af4]);
    expect(identity({ "disable-modern": true })).toEqual([0x1001_1af4, 0x0100_0000, 0x0002_1af4]);
  });

  it("has several queues when told so", () => {
    const driver = setUp(driveOf(image()), false, { "num-queues": 3 });
    expect(driver.queues).toHaveLength(3);
    expect(driver.offered & (1n << 12n)).toBe(1n << 12n);
    const [, , status] = driver.request(
      [header(Type.READ), { bytes: 512, write: true }, STATUS],
      2,
    );
    expect(status![0]).toBe(0);
    expect([driver.usedIndex(0), driver.usedIndex(2)]).toEqual([0, 1]);
  });

  it.each([
    [{ "queue-size": 100 }, "must be a power of 2"],
    [{ "num-queues": 0 }, "must be larger than 0"],
    [{ cyls: 0x1_0000, heads: 1, secs: 1 }, "cyls must be"],
    [{ "disable-legacy": "on", "disable-modern": true }, "neither modern nor legacy"],
  ])("refuses %j", (properties, message) => {
    expect(() => setUp(driveOf(image()), false, properties)).toThrow(message);
  });

  it("refuses a drive without a medium", () => {
    expect(() => setUp(emptyDrive())).toThrow("Device needs media, but drive is empty");
  });
});
