/** Which words of a drive's data are counted, and when their number is not known. */
import { describe, expect, it } from "vitest";

import { portRead, portWrite } from "../support/guest-access.js";
import { SectorWords } from "./sector-words.js";

const DATA = portRead(0x1f0, 2);
const DEVICE = 0xe0;
const DATA_REQUEST = 0x58;
const BUSY = 0xd0;
const READ_SECTORS = 0x20;
const WRITE_SECTORS = 0x30;
const PACKET = 0xa0;

/** A channel whose drive offers a sector. */
function offering(): SectorWords {
  const words = new SectorWords(0x1f0);
  words.command(READ_SECTORS, true);
  words.look(BUSY, DEVICE);
  words.look(DATA_REQUEST, DEVICE);
  return words;
}

function moved(words: SectorWords, count: number): boolean[] {
  return Array.from({ length: count }, () => words.follow(DATA));
}

describe("the words of a sector", () => {
  it("are counted from where the drive has them, and again from its next", () => {
    const words = offering();
    for (let sector = 0; sector < 3; sector++) {
      expect(moved(words, 255)).not.toContain(false);
      expect(moved(words, 1)).toEqual([false]);
      words.look(BUSY, DEVICE);
      words.look(DATA_REQUEST, DEVICE);
    }
  });

  it("go on over commands and registers, which a drive with data does not take", () => {
    const words = offering();
    moved(words, 10);
    words.command(0xec, false);
    words.follow(portWrite(0x1f6, 1, 0xf0));
    words.follow(portRead(0x1f1, 1));
    words.look(DATA_REQUEST, DEVICE);
    expect(moved(words, 245)).not.toContain(false);
    expect(moved(words, 1)).toEqual([false]);
  });

  it.each([
    ["a reset by the device control", portWrite(0x3f6, 1, 0x04)],
    ["data that are no word", portRead(0x1f0, 4)],
    ["a wide access that begins before them", portRead(0x1ee, 4)],
  ])("are not known after %s", (_, access) => {
    const words = offering();
    moved(words, 10);
    words.follow(access);
    words.look(DATA_REQUEST, DEVICE);
    expect(moved(words, 300)).not.toContain(true);
  });

  it("are counted as the drive takes them, too", () => {
    const words = new SectorWords(0x1f0);
    words.command(WRITE_SECTORS, true);
    words.look(DATA_REQUEST, DEVICE);
    const taken = Array.from({ length: 256 }, () => words.follow(portWrite(0x1f0, 2, 1)));
    expect(taken.indexOf(false)).toBe(255);
  });

  it("are not those of the other direction", () => {
    const words = offering();
    expect(Array.from({ length: 300 }, () => words.follow(portWrite(0x1f0, 2, 1)))).not.toContain(
      false,
    );
    expect(moved(words, 255)).not.toContain(false);
    expect(moved(words, 1)).toEqual([false]);
  });

  it("are not known of a packet, of a drive that was at work, and without data", () => {
    for (const [command, isIdle, status] of [
      [PACKET, true, DATA_REQUEST],
      [READ_SECTORS, false, DATA_REQUEST],
      [READ_SECTORS, true, 0x50],
    ] as const) {
      const words = new SectorWords(0x1f0);
      words.command(command, isIdle);
      words.look(status, DEVICE);
      expect(moved(words, 2)).toEqual([false, false]);
    }
  });

  it("are doubtful once something may lie over the channel, until it is seen", () => {
    const words = offering();
    moved(words, 10);
    words.follow(portWrite(0xcfc, 4, 0x1f1));
    expect(moved(words, 1)).toEqual([false]);
    words.look(DATA_REQUEST, DEVICE);
    expect(moved(words, 244)).not.toContain(false);
    expect(moved(words, 1)).toEqual([false]);
  });

  it.each([0x00, 0xff])("are not known once something else answers: %i", (device) => {
    const words = offering();
    words.follow(portWrite(0xcfc, 4, 0x1f1));
    moved(words, 1);
    words.look(DATA_REQUEST, device);
    words.follow(portWrite(0xcfc, 4, 1));
    words.look(DATA_REQUEST, DEVICE);
    expect(moved(words, 2)).toEqual([false, false]);
  });
});
