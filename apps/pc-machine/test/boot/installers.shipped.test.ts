import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { MemoryBackend } from "../../src/host/chardev.js";
import { MIB } from "../support/board-rig.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";

/** Debian's installer as its packages `debian-installer-12-netboot-...` have it. */
const folderOf = (architecture: Architecture): string =>
  `/usr/lib/debian-installer/images/12/${architecture}/text/debian-installer/${architecture}`;
/**
 * Memory with which it asks for a language first, in MiB: with less than 485 and 780 it drops its translations, and says so
 * in their place.
 */
const ROOM = { i386: 512, amd64: 1024 } as const;
type Architecture = keyof typeof ROOM;
const ARCHITECTURES = Object.keys(ROOM) as readonly Architecture[];
/** Time of the machine's that it has. */
const LIMIT_NS = 600e9;
const TIMEOUT_MS = 1_800_000;

/** Why the installer cannot be started here, `null` when it can. */
function missing(architecture: Architecture): string | null {
  const folder = folderOf(architecture);
  return existsSync(folder)
    ? seabiosMissing()
    : `${folder} is not there (Debian package debian-installer-12-netboot-${architecture})`;
}

describe("Debian's installer for the network", () => {
  it.for(ARCHITECTURES)(
    "comes to its first screen: %s",
    { timeout: TIMEOUT_MS },
    (architecture, context) => {
      const absent = missing(architecture);
      context.skip(absent !== null, absent ?? "");
      context.skip(!process.env["MEM_INSTALLERS"], "takes minutes: MEM_INSTALLERS=1 runs it");
      const read = (name: string): Uint8Array => readFileSync(join(folderOf(architecture), name));
      const serial = new MemoryBackend();
      const { pc } = new SeabiosPc({
        ramSize: ROOM[architecture] * MIB,
        accel: "jit",
        serial: [serial],
        kernel: {
          image: read("linux"),
          modules: [{ bytes: read("initrd.gz"), commandLine: "" }],
          // The kernel's self-tests of its ciphers take longer than all else before the first process.
          commandLine: "console=ttyS0 TERM=vt102 cryptomgr.notests",
        },
      });
      const screen = "Select a language";
      while (!serial.text.includes(screen)) {
        const result = pc.step(20_000_000);
        if (result.kind === "ran" && pc.clock.nowNs() < LIMIT_NS) continue;
        throw new Error(`"${screen}" did not appear:\n${serial.text.slice(-2000)}`);
      }
      expect(serial.text).toContain("Run /init as init process");
      expect(serial.text).not.toContain("Kernel panic");
    },
  );
});
