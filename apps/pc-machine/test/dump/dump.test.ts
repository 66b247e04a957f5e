/** `dump-guest-memory`: memory and processors as a debugger finds them in a core file. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { Rig } from "../qmp/qmp-rig.js";
import { readCore } from "./core-file-reader.js";

const folder = mkdtempSync(join(tmpdir(), "mem-dump-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DONE = { return: {} };
const ET_CORE = 4;
const EM_386 = 3;
const NT_PRSTATUS = 1;
const RAM = 2 ** 24;
/** Places in the note of a thread. */
const THREAD = 24;
const REGISTERS = 72;
const EAX = REGISTERS + 6 * 4;
const EIP = REGISTERS + 12 * 4;
/** The place of CR3 in the note of a processor's whole state. */
const CR3 = 8 + 18 * 8 + 10 * 24 + 3 * 8;

function rigWithPages(): Rig {
  const rig = new Rig();
  const { memory, cpu } = rig.session.pc;
  // One page of 4 MiB at 0xc0000000, whose start has a text.
  memory.write(0x1000, new TextEncoder().encode("at the start"));
  memory.write(0x10000 + 0x300 * 4, Uint8Array.of(0x83, 0, 0, 0));
  const registers = { cr4: 0x10n, cr3: 0x10000n, cr0: 0x8000_0011n, eax: 0x1234_5678n };
  for (const [name, value] of Object.entries(registers)) cpu?.debugger?.write(name, value);
  return rig;
}

/** The answer to a command; events come before it. */
function answerTo(rig: Rig, execute: string, args: object): unknown {
  const answers = rig.say(JSON.stringify({ execute, arguments: args }));
  return JSON.parse(answers.at(-1) ?? "");
}

function dump(rig: Rig, args: object, path = join(folder, "core")): unknown {
  return answerTo(rig, "dump-guest-memory", { protocol: `file:${path}`, paging: false, ...args });
}

describe("a dump of memory", () => {
  it("has all RAM and ROM where they are, and a thread for the processor", () => {
    const rig = rigWithPages();
    expect(dump(rig, {})).toEqual(DONE);
    const core = readCore(readFileSync(join(folder, "core")));
    expect([core.bits, core.type, core.machine]).toEqual([64, ET_CORE, EM_386]);
    const [low] = core.memory;
    expect([low?.physical, low?.linear]).toEqual([0, 0]);
    expect(new TextDecoder().decode(low?.bytes.subarray(0x1000, 0x100c))).toBe("at the start");
    // RAM, and the firmware below 4 GiB and below 1 MiB.
    const bytes = core.memory.reduce((sum, one) => sum + one.bytes.length, 0);
    expect(bytes).toBeGreaterThan(RAM);
    expect(core.memory.at(-1)?.physical).toBeGreaterThan(0xfff0_0000);
    const [thread, state] = core.notes;
    expect([thread?.name, thread?.type, state?.name]).toEqual(["CORE", NT_PRSTATUS, "QEMU"]);
    expect(thread?.contents.getUint32(THREAD, true)).toBe(1);
    expect(thread?.contents.getUint32(EAX, true)).toBe(0x1234_5678);
    expect(thread?.contents.getUint32(EIP, true)).toBe(0xfff0);
    expect(state?.contents.getBigUint64(CR3, true)).toBe(0x10000n);
    expect(rig.execute("query-dump")).toEqual({
      status: "completed",
      completed: bytes,
      total: bytes,
    });
  });

  it("has a part of memory", () => {
    const rig = rigWithPages();
    expect(dump(rig, { begin: 0x1003, length: 9 })).toEqual(DONE);
    const [piece, ...more] = readCore(readFileSync(join(folder, "core"))).memory;
    expect([piece?.physical, more.length]).toEqual([0x1003, 0]);
    expect(new TextDecoder().decode(piece?.bytes)).toBe("the start");
  });

  it("has pages at their linear addresses", () => {
    const rig = rigWithPages();
    expect(dump(rig, { paging: true })).toEqual(DONE);
    const { memory } = readCore(readFileSync(join(folder, "core")));
    const [first] = memory;
    expect([first?.linear, first?.physical]).toEqual([0xc000_0000, 0]);
    expect(new TextDecoder().decode(first?.bytes.subarray(0x1000, 0x100c))).toBe("at the start");
    expect(memory.every(({ linear, physical }) => linear - physical === 0xc000_0000)).toBe(true);
  });

  it("tells of its end, in events and by the monitor", () => {
    const rig = new Rig();
    const monitor = (line: string): unknown =>
      rig.execute("human-monitor-command", { "command-line": line });
    expect(monitor("info dump")).toBe("Status: none\r\n");
    const path = join(folder, "by monitor");
    const said = rig.say(
      JSON.stringify({
        execute: "human-monitor-command",
        arguments: { "command-line": `dump-guest-memory "${path}" 0x1000 0x2000` },
      }),
    );
    expect(said.join("\n")).toContain(
      '"event": "DUMP_COMPLETED", "data": {"result": {"status": "completed", "completed": 8192, "total": 8192}}',
    );
    expect(monitor("info dump")).toBe("Status: completed\r\n");
    expect(readCore(readFileSync(path)).memory.map(({ bytes }) => bytes.length)).toEqual([0x2000]);
  });

  it("says what is wrong with a request, and with a file", () => {
    const rig = new Rig();
    const wrong = (args: object): unknown =>
      answerTo(rig, "dump-guest-memory", { paging: false, ...args });
    const error = (desc: string): object => ({ error: { class: "GenericError", desc } });
    expect(wrong({ protocol: "x" })).toEqual(error("Invalid parameter 'protocol'"));
    const file = { protocol: `file:${folder}/none/x` };
    expect(wrong({ ...file, begin: 0 })).toEqual(error("Parameter 'length' is missing"));
    expect(wrong({ ...file, length: 1 })).toEqual(error("Parameter 'begin' is missing"));
    expect(wrong({ ...file, format: "kdump-lzo" })).toEqual(
      error("kdump-lzo is not available now"),
    );
    expect(dump(rig, { begin: 2 ** 40, length: 4096 })).toEqual(
      error("dump: no guest memory to dump"),
    );
    expect(dump(rig, {}, join(folder, "none", "x"))).toEqual(
      error(`Could not open '${folder}/none/x': no such file or directory`),
    );
    expect(rig.execute("query-dump")).toMatchObject({ status: "none" });
  });
});
