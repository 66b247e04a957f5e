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

  it("exchanges those that nobody holds", () => {
    const { list, ends } = made();
    list.create("a", "null");
    list.exchange("a", "vc");
    expect([names(list), ends[0]?.closed]).toEqual([["a=vc"], 1]);
    const device = list.get("a");
    if (device !== null) device.inUse = true;
    expect(() => list.exchange("a", "null")).toThrow("does not support chardev hotswap");
    expect(() => list.exchange("b", "null")).toThrow("Chardev 'b' does not exist");
    expect(names(list)).toEqual(["a=vc"]);
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
