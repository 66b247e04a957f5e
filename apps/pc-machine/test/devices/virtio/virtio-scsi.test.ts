import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { scsiCd, scsiHd } from "../../../src/devices/scsi-drive/index.js";
import { virtioScsi } from "../../../src/devices/virtio/index.js";
import { driveOf } from "../../../src/storage/drive-backend.js";
import { MemoryImage } from "../../../src/storage/memory-image.js";
import { DEVICE, VirtioDriver, type Part } from "./virtio-driver.js";

const NEEDS_RESET = 0x40;
const VERSION_1 = 1n << 32n;
const HOTPLUG = 1n << 1n;
const CHANGE = 1n << 2n;
const CONTROL = 0;
const EVENTS = 1;
const REQUESTS = 2;
const ANSWER: Part = { bytes: 108, write: true };
const CHECK_CONDITION = 2;

const image = (bytes = 64 * 1024): MemoryImage =>
  new MemoryImage(Uint8Array.from({ length: bytes }, (_none, at) => (at >> 9) + at));

/** A controller with a disk at target 3, and a CD drive at the first free one. */
function setUp(features = VERSION_1) {
  const [disk, disc] = [image(), image(2048 * 20)];
  const driver = new VirtioDriver(plug(virtioScsi), false, [
    { ...plug(scsiHd, { drive: driveOf(disk), "scsi-id": 3, serial: "abc" }), id: "hd" },
    plug(scsiCd, { drive: driveOf(disc) }),
  ]);
  driver.start(features);
  return { driver, disk, disc };
}

const address = (target: number, unit = 0): number[] => [1, target, 0x40, unit, 0, 0, 0, 0];

function header(target: number, command: readonly number[], unit = 0): Part {
  const bytes = new Uint8Array(51);
  bytes.set(address(target, unit));
  bytes.set(command, 19);
  return { bytes };
}

/** Have a target carry a command out. */
function ask(
  driver: VirtioDriver,
  target: number,
  command: readonly number[],
  { room = 0, given = new Uint8Array(0), unit = 0 } = {},
) {
  const answers = driver.request(
    [
      header(target, command, unit),
      ...(given.length > 0 ? [{ bytes: given }] : []),
      ANSWER,
      ...(room > 0 ? [{ bytes: room, write: true }] : []),
    ],
    REQUESTS,
  );
  const answer = answers[given.length > 0 ? 2 : 1]!;
  const view = new DataView(answer.buffer, answer.byteOffset);
  return {
    response: answer[11],
    status: answer[10],
    left: view.getUint32(4, true),
    sense: [answer[14]! & 0xf, answer[24], answer[25]],
    data: answers.at(-1)!,
  };
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

describe("virtio-scsi", () => {
  it("tells of its bus in the configuration, and takes sizes from the driver", () => {
    const { driver } = setUp();
    const { rig } = driver;
    const word = (at: number): number => rig.read(DEVICE + at);
    expect([0, 4, 8, 12, 16, 20, 24, 32].map(word)).toEqual([
      1, 254, 0xffff, 128, 16, 96, 32, 16_383,
    ]);
    expect([rig.read(DEVICE + 28, 2), rig.read(DEVICE + 30, 2)]).toEqual([0, 255]);
    rig.write(DEVICE + 20, 18);
    expect(word(20)).toBe(18);
    driver.start();
    expect(word(20)).toBe(96);
    rig.write(DEVICE + 24, 1000);
    expect([word(24), driver.status & NEEDS_RESET]).toEqual([32, NEEDS_RESET]);
  });

  it("tells what is at a target", () => {
    const { driver } = setUp();
    const disk = ask(driver, 3, [0x12, 0, 0, 0, 36], { room: 36 });
    expect([disk.status, disk.response, disk.left, disk.data[0]]).toEqual([0, 0, 0, 0]);
    expect(text(disk.data.slice(8))).toBe("QEMU    QEMU HARDDISK   2.5+");
    const cd = ask(driver, 0, [0x12, 0, 0, 0, 255], { room: 255 });
    expect([cd.data[0], cd.data[1], cd.left]).toEqual([5, 0x80, 255 - 36]);
    expect(text(cd.data.slice(8, 36))).toBe("QEMU    QEMU CD-ROM     2.5+");
    const serial = ask(driver, 3, [0x12, 1, 0x80, 0, 255], { room: 255 });
    expect(text(serial.data.slice(4, 7))).toBe("abc");
    expect(ask(driver, 1, [0x12, 0, 0, 0, 36], { room: 36 }).response).toBe(3);
  });

  it("has unit 0 alone at a target", () => {
    const { driver } = setUp();
    expect(ask(driver, 3, [0x12, 0, 0, 0, 36], { room: 36, unit: 1 }).data[0]).toBe(0x7f);
    const refused = ask(driver, 3, [0x00], { unit: 1 });
    expect([refused.status, refused.sense]).toEqual([CHECK_CONDITION, [5, 0x25, 0]]);
    const list = ask(driver, 3, [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16], { room: 16, unit: 1 });
    expect([list.status, list.data[3]]).toEqual([0, 8]);
  });

  it("reads and writes sectors of a disk", () => {
    const { driver, disk } = setUp();
    const read = ask(driver, 3, [0x28, 0, 0, 0, 0, 2, 0, 0, 3], { room: 1536 });
    expect([read.status, read.left]).toEqual([0, 0]);
    expect(read.data).toEqual(disk.bytes.slice(1024, 2560));
    const given = new Uint8Array(512).fill(0xaa);
    expect(ask(driver, 3, [0x2a, 0, 0, 0, 0, 5, 0, 0, 1], { given }).status).toBe(0);
    expect(disk.bytes.slice(2560, 3072)).toEqual(given);
    const beyond = ask(driver, 3, [0x28, 0, 0, 0, 0, 128, 0, 0, 1], { room: 512 });
    expect([beyond.status, beyond.sense]).toEqual([CHECK_CONDITION, [5, 0x21, 0]]);
    expect([beyond.left, beyond.response]).toEqual([512, 0]);
  });

  it("moves nothing where the driver's buffers are too small", () => {
    const { driver, disk } = setUp();
    const before = disk.bytes.slice();
    expect(ask(driver, 3, [0x28, 0, 0, 0, 0, 2, 0, 0, 3], { room: 512 }).response).toBe(1);
    const given = new Uint8Array(512).fill(0xaa);
    expect(ask(driver, 3, [0x2a, 0, 0, 0, 0, 2, 0, 0, 3], { given }).response).toBe(1);
    expect(disk.bytes).toEqual(before);
  });

  it("reads a disc, and moves its tray", () => {
    const { driver, disc } = setUp();
    const capacity = ask(driver, 0, [0x25], { room: 8 });
    expect([...capacity.data]).toEqual([0, 0, 0, 19, 0, 0, 8, 0]);
    const read = ask(driver, 0, [0x28, 0, 0, 0, 0, 2, 0, 0, 1], { room: 2048 });
    expect(read.data).toEqual(disc.bytes.slice(4096, 6144));
    const pages = ask(driver, 0, [0x1a, 0, 0x2a, 0, 255], { room: 255 });
    expect([pages.data[0], pages.data[4]]).toEqual([3 + 22, 0x2a]);
    expect(ask(driver, 0, [0xbe]).sense).toEqual([5, 0x20, 0]);
    expect(ask(driver, 0, [0x1b, 0, 0, 0, 2]).status).toBe(0);
    expect(ask(driver, 0, [0x00]).sense).toEqual([2, 0x3a, 0]);
  });

  it("answers functions on tasks", () => {
    const { driver } = setUp();
    const manage = (name: number, target: number, unit = 0): number => {
      const bytes = new Uint8Array(24);
      bytes.set([0, 0, 0, 0, name, 0, 0, 0, ...address(target, unit)]);
      return driver.request([{ bytes }, { bytes: 1, write: true }], CONTROL)[1]![0]!;
    };
    expect([manage(5, 3), manage(5, 1), manage(5, 3, 1)]).toEqual([0, 3, 12]);
    expect([manage(0, 3), manage(6, 3), manage(2, 3)]).toEqual([0, 0, 11]);
    const news = driver.request(
      [{ bytes: Uint8Array.of(1, ...new Uint8Array(15)) }, { bytes: 5, write: true }],
      CONTROL,
    );
    expect([...news[1]!]).toEqual([0, 0, 0, 0, 0]);
    driver.request([{ bytes: 3 }, { bytes: 1, write: true }], CONTROL);
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  it("tells of drives that come and go, and of one event that found no room", () => {
    const { driver } = setUp(VERSION_1 | HOTPLUG | CHANGE);
    const { pc } = driver.rig;
    pc.unplug("hd");
    expect(ask(driver, 3, [0x00]).response).toBe(3);
    const [place = 0] = driver.offer([{ bytes: 16, write: true }], EVENTS);
    driver.kick(EVENTS);
    const view = new DataView(driver.bytes(place, 16).buffer);
    expect(view.getUint32(0, true)).toBe(0x8000_0000);
    const [second = 0] = driver.offer([{ bytes: 16, write: true }], EVENTS);
    pc.plug(plug(scsiHd, { drive: driveOf(image()), "scsi-id": 7 }));
    expect([...driver.bytes(second, 16)]).toEqual([1, 0, 0, 0, ...address(7), 1, 0, 0, 0]);
    expect(ask(driver, 7, [0x00]).status).toBe(0);
  });

  it.each([{ num_queues: 0 }, { virtqueue_size: 100 }])("refuses %j", (properties) => {
    expect(() => new VirtioDriver(plug(virtioScsi, properties), false)).toThrow("must be");
  });

  it("has to be reset where a request is too short", () => {
    const { driver } = setUp();
    driver.request([{ bytes: 20 }, ANSWER], REQUESTS);
    expect(driver.status & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});
