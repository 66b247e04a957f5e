import { describe, expect, it } from "vitest";

import { DEAD_END_HINT, DeadEnd } from "../../src/cli/run/dead-end.js";
import { MemoryBackend } from "../../src/host/chardev.js";

describe("a dead end", () => {
  it("is told once, however it was noticed", async () => {
    const told: string[] = [];
    const deadEnd = new DeadEnd((text) => told.push(text));
    const inner = new MemoryBackend();
    const backend = deadEnd.watch(inner);
    const say = (text: string): void => {
      for (const byte of new TextEncoder().encode(text)) {
        backend.write(byte);
      }
    };
    say("Booting from Hard Disk...\r\nno bootable ");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toEqual([]);
    say("disk\r\n");
    while (told.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    say("No bootable device.\r\n");
    deadEnd.reached();
    expect(told).toEqual([DEAD_END_HINT]);
    expect(inner.text).toContain("no bootable disk\r\n");
  });

  it("leaves the way back to the guest as it is", () => {
    const inner = new MemoryBackend();
    const backend = new DeadEnd(() => undefined).watch(inner);
    const heard: number[] = [];
    backend.receive = (byte) => heard.push(byte);
    inner.receive?.(65);
    backend.accept?.();
    expect(heard).toEqual([65]);
    expect(backend.receive).toBe(inner.receive);
  });
});
