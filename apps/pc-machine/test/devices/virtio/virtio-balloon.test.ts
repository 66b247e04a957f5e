import { describe, expect, it } from "vitest";

import { plug } from "../../../src/device/properties/request.js";
import { askForMemory, memoryLeft, virtioBalloon } from "../../../src/devices/virtio/index.js";
import { VirtioDriver, type Part } from "./virtio-driver.js";

const CONFIG = 0x2000;
const MODERN = 1n << 32n;
const POISON = 1n << 4n;
const PAGE = 4096;
const STATISTICS = 2;

/** The configuration's words: pages that are wanted, those that were given up, a command, the poison. */
function config(driver: VirtioDriver, word: number): number {
  return driver.common(CONFIG + 4 * word);
}

function setUp(properties = {}, features = MODERN | POISON): VirtioDriver {
  const driver = new VirtioDriver(plug(virtioBalloon, properties), false);
  driver.start(features);
  return driver;
}

const numbers = (...pages: number[]): Part => ({
  bytes: new Uint8Array(Uint32Array.from(pages).buffer),
  write: false,
});

describe("virtio-balloon", () => {
  it("offers statistics and poison, and deflation on demand", () => {
    expect(setUp().offered & 0xffn).toBe(0x12n);
    expect(setUp({ "deflate-on-oom": true, "page-poison": false }).offered & 0xffn).toBe(6n);
  });

  it("asks the guest, and tells it of that", () => {
    const driver = setUp();
    const { pc } = driver.rig;
    expect(askForMemory(pc, pc.ramSize - 3 * PAGE - 1)).toBe(true);
    expect(config(driver, 0)).toBe(3);
    expect(driver.common(0x1000, 1) & 3).toBe(3);
    expect(memoryLeft(pc)).toBe(pc.ramSize);
    askForMemory(pc, 2 ** 50);
    expect(config(driver, 0)).toBe(0);
  });

  it("counts what the guest says that it gave up, not what it writes elsewhere", () => {
    const driver = setUp();
    const { pc } = driver.rig;
    for (const word of [0, 1, 2, 3]) driver.setCommon(CONFIG + 4 * word, 0x10 + word);
    expect([0, 1, 2, 3].map((word) => config(driver, word))).toEqual([0, 0x11, 0, 0x13]);
    expect(memoryLeft(pc)).toBe(pc.ramSize - 0x11 * PAGE);
    driver.start(MODERN);
    driver.setCommon(CONFIG + 12, 5);
    expect([config(driver, 1), config(driver, 3)]).toEqual([0x11, 0]);
  });

  it("keeps nothing of the pages that it is given, and touches no device", () => {
    const driver = setUp();
    const { rig } = driver;
    const page = 0x30;
    const at = page * PAGE;
    rig.write(at, 0x1234_5678, 4);
    rig.write(at + PAGE - 4, 0x1234_5678, 4);
    rig.write(at + PAGE, 0x1234_5678, 4);
    driver.request([numbers(page, 0xfee0_0000 / PAGE, 0xffff_ffff)]);
    expect([at, at + PAGE - 4, at + PAGE].map((place) => rig.read(place, 4))).toEqual([
      0, 0, 0x1234_5678,
    ]);
    expect(driver.usedLength(0)).toBe(0);
    driver.request([numbers(page)], 1);
    expect(driver.usedIndex(1)).toBe(1);
  });

  it("keeps the buffer for statistics", () => {
    const driver = setUp();
    driver.offer([numbers(1)], STATISTICS);
    driver.kick(STATISTICS);
    expect(driver.usedIndex(STATISTICS)).toBe(0);
  });

  it("is the only one", () => {
    const devices = [plug(virtioBalloon), plug(virtioBalloon)];
    expect(() => new VirtioDriver(devices[0]!, false, [devices[1]!])).toThrow("Only one balloon");
  });
});
