/** Lines that nobody would type: whatever they say, the monitor answers and goes on. */
import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { CharacterDeviceError, CharacterDevices } from "../../src/chardev/character-devices.js";
import { RingBuffer } from "../../src/chardev/ring-buffer.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { MIB, Rig } from "../support/board-rig.js";

/** How many lines: more, where it is asked for. */
const LINES = Number(process.env["MEM_PROTOCOL_NOISE"] ?? 600);
const MOST_TEXT = 2 ** 22;

const WORDS = [
  ...[
    "0",
    "-1",
    "0x",
    "0xfffffffffffffffff",
    "1e9",
    "$eip",
    "$nothing",
    "(1+",
    "1/0",
    "/8i",
    "/3xb",
  ],
  ...["/99999999999s", "-a", "-f", "--json", "-D", "/machine", "/machine/unattached", "ide0-cd0"],
  ...["on", "off", "a", "null,id=a", "ringbuf,id=r,size=64", "x=y,z", '"', '"a b"', "\u0000\u00ff"],
  ...["help", "ctrl-alt-delete", "all", "none", "type", "string", "%s%n", "9".repeat(400)],
];

describe("the monitor", () => {
  it("answers random lines, at no length, and is there afterwards", () => {
    const nothing = (): void => undefined;
    const characters = new CharacterDevices((label, text) => {
      if (!text.startsWith("ringbuf")) throw new CharacterDeviceError("no such back end");
      return { label: label ?? "r", backend: new RingBuffer(64) };
    });
    const target = {
      ...{ pc: new Rig({ ramSize: 64 * MIB }).pc, name: null, status: "running" },
      ...{ stop: nothing, cont: nothing, reset: nothing, quit: nothing },
      ...{ characters, log: { items: [], choose: () => false, toFile: () => "no" } },
      ...{ actions: { watchdog: "reset" as const } },
    };
    let printed = "";
    const monitor = new Monitor(target, (text) => {
      printed += text;
    });
    const random = new Random(11);
    const pick = <T>(of: readonly T[]): T | undefined => of[random.below(of.length)];
    // A checksum reads all that it is told to: gigabytes, and says so in its help.
    const names = monitor.complete("").words.filter((name) => name !== "sum");
    const subjects = monitor.complete("info ").words;
    const long: string[] = [];
    for (let at = 0; at < LINES; at++) {
      const name = random.below(3) === 0 ? `info ${pick(subjects) ?? ""}` : (pick(names) ?? "");
      const rest = Array.from({ length: random.below(4) }, () => pick(WORDS) ?? "");
      const glue = random.below(4) === 0 ? "" : " ";
      const line = [name, ...rest].join(glue);
      printed = "";
      monitor.execute(line);
      monitor.complete(line);
      if (printed.length > MOST_TEXT) long.push(line);
    }
    expect(long).toEqual([]);
    printed = "";
    monitor.execute("info status");
    expect(printed).toBe("VM status: running\n");
  });
});
