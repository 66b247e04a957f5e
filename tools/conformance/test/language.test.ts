import { describe, expect, it } from "vitest";
import { Harness } from "../src/harness.js";
import { runOp } from "../src/ops/index.js";
import { OpFields } from "../src/op-fields.js";
import { replayScript } from "../src/replay.js";
import type { Answer, Json, ScriptOp } from "../src/script.js";

/** Runs operations on a fresh machine and returns what each answered. */
function answers(...ops: ScriptOp[]): Answer[] {
  const harness = new Harness({ accel: "qtest", ops }, runOp);
  return ops.map((op) => harness.execute(new OpFields(op), { result: null, log: [] }));
}

const results = (...ops: ScriptOp[]): Json[] => answers(...ops).map((answer) => answer.result);

/** A container `c` seen by address space `as`, with an MMIO region `io` at 0x1000. */
const machine = (io: Record<string, Json> = {}): ScriptOp[] => [
  { op: "container", id: "c", owner: null, name: "c", size: "0xffffffffffffffff" },
  { op: "io", id: "io", owner: null, name: "io", size: "0x100", endian: "little", ...io },
  { op: "add", mr: "c", sub: "io", offset: "0x1000" },
  { op: "as_init", id: "as", root: "c", name: "as" },
];

/** The answers of what follows the machine. */
function afterMachine(io: Record<string, Json>, ...ops: ScriptOp[]): Answer[] {
  return answers(...machine(io), ...ops).slice(4);
}

describe("objects", () => {
  it("take another name, and may be dropped at once", () => {
    const [made, gone] = answers(
      { op: "object", id: "o", type: "ms-base", parent: "/objects", name: "other", drop: true },
      { op: "unparent", obj: "o" },
    );
    expect(made?.result).toEqual({ alive: true, path: "/objects/other" });
    expect(gone).toEqual({
      result: { alive: false },
      log: [
        { cb: "unparent", id: "o" },
        { cb: "finalize", id: "o", type: "ms-base" },
      ],
    });
  });

  it("log each class, base first when born and derived first when they die", () => {
    const [made, gone] = answers(
      { op: "object", id: "o", type: "ms-leaf" },
      { op: "unref", obj: "o" },
    );
    expect(made?.result).toEqual({ alive: true, path: null });
    expect(made?.log.map((entry) => entry["type"])).toEqual(["ms-base", "ms-mid", "ms-leaf"]);
    expect(gone?.log.map((entry) => entry["type"])).toEqual(["ms-leaf", "ms-mid", "ms-base"]);
  });

  it("take their regions with them", () => {
    const [, , gone] = answers(
      { op: "object", id: "o", type: "ms-dev" },
      { op: "ram", id: "r", owner: "o", name: "r", size: "0x1000" },
      { op: "unref", obj: "o" },
    );
    expect(gone?.log).toEqual([
      { cb: "finalize", id: "r", type: "memory-region" },
      { cb: "finalize", id: "o", type: "ms-dev" },
    ]);
  });
});

describe("regions", () => {
  it("without a name have no path, and the script holds them", () => {
    const [made, asked, gone] = answers(
      { op: "container", id: "c", owner: null, name: null, size: "0x1000" },
      { op: "query", mr: "c" },
      { op: "unref", obj: "c" },
    );
    expect(made?.result).toEqual({ path: null });
    expect(asked?.result).toMatchObject({ name: null, owner: null, mapped: false });
    expect(gone).toEqual({
      result: { alive: false },
      log: [{ cb: "finalize", id: "c", type: "memory-region" }],
    });
  });

  it("may be empty", () => {
    expect(
      results(
        { op: "container", id: "c", owner: null, name: "c", size: 0 },
        { op: "as_init", id: "as", root: "c", name: "as" },
        { op: "flatview", as: "as" },
      ).at(-1),
    ).toEqual({ root: null, ranges: [] });
  });

  it("print 2^64 as 2^64-1 in a query only", () => {
    expect(
      results(
        { op: "reservation", id: "r", owner: null, name: "r", size: "0xffffffffffffffff" },
        { op: "query", mr: "r" },
      ).at(-1),
    ).toMatchObject({ size: "0xffffffffffffffff" });
  });

  it("are found by host address through aliases", () => {
    const [found] = results(
      { op: "ram", id: "r", owner: null, name: "r", size: "0x2000" },
      { op: "alias", id: "a", owner: null, name: "a", size: "0x10", target: "r", offset: "0x800" },
      { op: "from_host", mr: "a", off: "0x8" },
    ).slice(-1);
    expect(found).toEqual({ mr: "r", off: "0x808" });
  });
});

describe("scripted MMIO", () => {
  it("wraps in a store of its own length", () => {
    const [read] = afterMachine(
      { bytes: 4, seed: 1 },
      { op: "read", as: "as", addr: "0x1000", len: 8 },
    );
    expect(read?.result).toEqual({ res: 0, data: "01080f1601080f16" });
  });

  it("reads and writes through rw, in both directions", () => {
    const [written, read] = afterMachine(
      {},
      { op: "rw", as: "as", addr: "0x1000", write: true, data: "a1b2" },
      { op: "rw", as: "as", addr: "0x1000", write: false, len: 3 },
    );
    expect(written?.result).toEqual({ res: 0 });
    expect(read?.result).toEqual({ res: 0, data: "a1b20e" });
  });

  it("logs every attribute that is not 0", () => {
    const attrs = { secure: 1, space: 2, user: 1, memory: 0, debug: 1, rid: 7, pid: 9, unspec: 1 };
    const [loaded] = afterMachine(
      { with_attrs: true },
      {
        op: "ld",
        as: "as",
        addr: "0x1000",
        size: 1,
        attrs,
      },
    );
    expect(loaded?.log).toEqual([
      {
        cb: "read",
        mr: "io",
        addr: "0x0",
        size: 1,
        val: "0x0",
        attrs: { secure: 1, space: 2, user: 1, debug: 1, rid: 7, pid: 9, unspec: 1 },
        res: 0,
      },
    ]);
  });

  it("fails in the direction and at the offset that the script says", () => {
    const errs = [
      { addr: "0x4", res: 1, rw: "r" },
      { addr: "0x8", res: 4, rw: "w" },
    ];
    const [read, write, otherWrite, otherRead] = afterMachine(
      { with_attrs: true, errs },
      { op: "ld", as: "as", addr: "0x1004", size: 4 },
      { op: "st", as: "as", addr: "0x1008", size: 4, val: 5 },
      { op: "st", as: "as", addr: "0x1004", size: 4, val: 5 },
      { op: "ld", as: "as", addr: "0x1008", size: 4 },
    ).map((answer) => answer.result);
    expect(read).toEqual({ res: 1, val: "0x0" });
    expect(write).toEqual({ res: 4 });
    expect(otherWrite).toEqual({ res: 0 });
    expect(otherRead).toEqual({ res: 0, val: "0x4d463f38" });
  });

  it("nests hooks four deep", () => {
    const hooks = [
      { on: "read", addr: "0x0", op: { op: "ld", as: "as", addr: "0x1000", size: 1 } },
    ];
    const [loaded] = afterMachine({ hooks }, { op: "ld", as: "as", addr: "0x1000", size: 1 });
    expect(loaded?.log.map((entry) => entry.cb)).toEqual([
      ...["read", "hook", "read", "hook", "read", "hook", "read", "hook", "read"],
      ...["hook_end", "hook_end", "hook_end", "hook_end"],
    ]);
  });

  it("refuses what accepts says, and logs that", () => {
    const accepts = {
      reject_sizes: [2],
      reject_from: "0x10",
      reject_to: "0x13",
      need_secure: true,
    };
    const loads = [
      { addr: "0x1000", size: 2, attrs: { secure: 1 } },
      { addr: "0x1010", size: 1, attrs: { secure: 1 } },
      { addr: "0x1000", size: 4 },
      { addr: "0x1000", size: 4, attrs: { secure: true } },
    ].map((fields) => ({ op: "ld", as: "as", ...fields }));
    const oks = afterMachine({ accepts }, ...loads).map((answer) => answer.log[0]?.["ok"]);
    expect(oks).toEqual([0, 0, 0, 1]);
  });

  it("serves regions beyond 2^53 bytes, also ones that grow to that", () => {
    const [, read] = afterMachine(
      { size: "0x1000" },
      { op: "set_size", mr: "io", size: "0xfffffffffffffffe" },
      { op: "ld", as: "as", addr: "0x7ffffffffffff800", size: 1 },
    );
    expect(read?.log).toMatchObject([{ cb: "read", addr: "0x7fffffffffffe800" }]);
  });
});

describe("listeners", () => {
  it("have every callback but log_sync_global by default", () => {
    const logs = afterMachine(
      {},
      { op: "listener", id: "l", as: "as", priority: 0 },
      { op: "listener", id: "g", as: "as", priority: 1, cbs: ["log_sync_global"] },
      { op: "global_sync", last: true },
      { op: "after_sync" },
    ).map((answer) => answer.log);
    expect(logs[0]?.map((entry) => entry.cb)).toEqual(["begin", "region_add", "commit"]);
    expect(logs[2]).toEqual([{ cb: "log_sync_global", l: "g", last: 1 }]);
    expect(logs[3]).toEqual([{ cb: "log_global_after_sync", l: "l" }]);
  });

  it("may leave twice, and come back", () => {
    const [, left, again, back] = afterMachine(
      {},
      { op: "listener", id: "l", as: "as", priority: 0, cbs: ["begin"] },
      { op: "unlisten", id: "l" },
      { op: "unlisten", id: "l" },
      { op: "relisten", id: "l", as: "memory" },
    ).map((answer) => answer.log);
    expect(left).toEqual([{ cb: "begin", l: "l" }]);
    expect(again).toEqual([]);
    expect(back).toEqual([{ cb: "begin", l: "l" }]);
  });

  it("refuse an unknown callback name", () => {
    expect(() =>
      afterMachine({}, { op: "listener", id: "l", as: "as", cbs: ["nonsense"] }),
    ).toThrow("nonsense");
  });
});

describe("what an operation leaves behind", () => {
  it("reports event notifiers once each, then map clients, after everything else", () => {
    const log = afterMachine(
      {},
      { op: "eventfd_new", id: "e1" },
      { op: "eventfd_new", id: "e2" },
      { op: "eventfd_add", mr: "io", addr: 4, size: 0, match: false, data: 0, e: "e2" },
      { op: "eventfd_add", mr: "io", addr: 0, size: 0, match: false, data: 0, e: "e1" },
      { op: "map", id: "m", as: "as", addr: "0x1000", len: "0x1000", write: true },
      { op: "map_client", id: "b", as: "as" },
      { op: "map_write", id: "m", off: 0, data: "01" },
      { op: "unmap", id: "m", access_len: 9 },
    ).at(-1)?.log;
    expect(log).toMatchObject([
      { cb: "write", addr: "0x8", val: "0x0" },
      { cb: "eventfd_signal", e: "e1" },
      { cb: "eventfd_signal", e: "e2" },
      { cb: "map_client", id: "b" },
    ]);
  });
});

describe("replayScript", () => {
  const script = (op: string, result: Json) => ({
    family: "topology",
    seed: 1,
    accel: "qtest",
    ops: [{ op }],
    expect: [{ result, log: [] }],
  });

  it("does nothing for nop, and does not judge bench", () => {
    expect(replayScript(script("nop", null))).toBeNull();
    expect(replayScript(script("bench", { ns: 12 }))).toBeNull();
  });

  it("reports an error of the driver as a mismatch of that operation", () => {
    expect(replayScript(script("find", null))).toMatchObject({
      index: 0,
      difference: { what: "error" },
    });
  });
});
