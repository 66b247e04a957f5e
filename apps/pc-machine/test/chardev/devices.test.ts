/** The list of character devices: made, exchanged and removed while the machine runs. */
import { describe, expect, it } from "vitest";

import { LocalBackend } from "../../src/chardev/character-backend.js";
import { CharacterDevices } from "../../src/chardev/character-devices.js";

class End extends LocalBackend {
  closed = 0;
  readonly filename: string;

  constructor(filename: string) {
    super();
    this.filename = filename;
  }

  write(): void {}

  override close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

const names = (list: CharacterDevices): string[] =>
  list.all.map(({ label, backend }) => `${label}=${backend.filename}`);

describe("the list", () => {
  const made = (): { list: CharacterDevices; ends: End[] } => {
    const ends: End[] = [];
    const list = new CharacterDevices((label, text) => {
      const backend = new End(text);
      ends.push(backend);
      return { label: label ?? "its-own", backend };
    });
    return { list, ends };
  };

  it("makes back ends, and none with a name that is taken", () => {
    const { list, ends } = made();
    list.create("a", "null");
    list.create(null, "ringbuf");
    expect(names(list)).toEqual(["a=null", "its-own=ringbuf"]);
    expect(() => list.create("a", "vc")).toThrow("Chardev with id 'a' already exists");
    expect(ends.map(({ closed }) => closed)).toEqual([0, 0, 1]);
    expect(() => new CharacterDevices().create("a", "null")).toThrow("cannot be added here");
  });

  it("exchanges those that nobody holds", async () => {
    const { list, ends } = made();
    list.create("a", "null");
    await list.exchange("a", "vc");
    expect([names(list), ends[0]?.closed]).toEqual([["a=vc"], 1]);
    const device = list.get("a");
    if (device !== null) device.inUse = true;
    expect(() => list.exchange("a", "null")).toThrow("does not support chardev hotswap");
    expect(() => list.exchange("b", "null")).toThrow("Chardev 'b' does not exist");
    expect(names(list)).toEqual(["a=vc"]);
  });

  it("gives a front end that can take it another back end", async () => {
    const { list, ends } = made();
    list.create("a", "null");
    const given: string[] = [];
    const device = list.get("a");
    if (device === null) throw new Error("there is no device");
    Object.assign(device, { inUse: true, exchange: (end: End) => given.push(end.filename) });
    await list.exchange("a", "vc");
    await list.exchange("a", "ringbuf");
    expect([given, names(list)]).toEqual([["vc", "ringbuf"], ["a=ringbuf"]]);
    expect(ends.map(({ closed }) => closed)).toEqual([1, 1, 0]);
    expect(list.get("a")?.inUse).toBe(true);
  });

  it("keeps the old back end where the new one cannot be had", async () => {
    const ends: End[] = [];
    const list = new CharacterDevices((label, text) => {
      const ready = text === "gone" ? Promise.reject(new Error("no")) : Promise.resolve();
      const backend = Object.assign(new End(text), { ready });
      ends.push(backend);
      return { label: label ?? "a", backend };
    });
    list.create("a", "null");
    await expect(list.exchange("a", "gone")).rejects.toThrow("no");
    expect([names(list), ends.map(({ closed }) => closed)]).toEqual([["a=null"], [0, 1]]);
    const late = list.exchange("a", "vc");
    list.remove("a");
    await expect(late).rejects.toThrow("Chardev 'a' does not exist");
    expect(ends.map(({ closed }) => closed)).toEqual([1, 1, 1]);
  });

  it("tells of a break, and forgets what turned out not to be there", async () => {
    const { list } = made();
    const end = list.create("a", "null");
    const events: string[] = [];
    end.onEvent = (event) => events.push(event);
    list.sendBreak("a");
    expect(events).toEqual(["break"]);
    expect(() => list.sendBreak("b")).toThrow("Chardev 'b' not found");
    const late = new CharacterDevices(() => {
      const backend = Object.assign(new End("gone"), { ready: Promise.reject(new Error("no")) });
      return { label: "late", backend };
    });
    await expect(late.create(null, "").ready).rejects.toThrow("no");
    expect(names(late)).toEqual([]);
  });
});
