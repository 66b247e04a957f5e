/** What programs ask and set before they move a machine, and the jobs of snapshots: answers as QEMU 7.2 gives them. */
import { describe, expect, it } from "vitest";

import { Rig } from "./qmp-rig.js";

const STAYS = "The state of this machine cannot be saved";
const error = (desc: string): object => ({ error: { class: "GenericError", desc } });

/** Each event of a list of answers, as its name and data. */
function eventsOf(lines: readonly string[]): unknown[] {
  return lines.flatMap((line) => {
    const { event, data } = JSON.parse(line) as { event?: string; data?: unknown };
    return event === undefined ? [] : [[event, data]];
  });
}

describe("a migration", () => {
  it("is refused with the reason that queries tell", () => {
    const rig = new Rig();
    expect(rig.execute("query-migrate")).toEqual({ "blocked-reasons": [STAYS] });
    expect(rig.execute("migrate", { uri: "tcp:127.0.0.1:1" })).toEqual(error(STAYS));
    expect(rig.execute("migrate", { uri: "foo" })).toEqual(
      error("Parameter 'uri' expects a valid migration protocol"),
    );
    expect(rig.execute("migrate-continue", { state: "pre-switchover" })).toEqual(
      error("Migration not in expected state: none"),
    );
  });

  it("has capabilities and parameters that are kept", () => {
    const rig = new Rig();
    const on = (): string[] =>
      (rig.execute("query-migrate-capabilities") as { capability: string; state: boolean }[])
        .filter(({ state }) => state)
        .map(({ capability }) => capability);
    const set = (capability: string, state: boolean): unknown =>
      rig.execute("migrate-set-capabilities", { capabilities: [{ capability, state }] });
    expect(on()).toEqual([]);
    expect([set("events", true), set("xbzrle", true), on()]).toEqual([
      {},
      {},
      ["xbzrle", "events"],
    ]);
    expect([set("xbzrle", false), on()]).toEqual([{}, ["events"]]);
    expect(set("foo", true)).toEqual(error("Parameter 'capability' does not accept value 'foo'"));
    expect(rig.execute("migrate-set-parameters", { "downtime-limit": 500 })).toEqual({});
    expect(rig.execute("migrate-set-parameters", { foo: 1 })).toEqual(
      error("Parameter 'foo' is unexpected"),
    );
    expect(rig.execute("query-migrate-parameters")).toMatchObject({
      "downtime-limit": 500,
      "max-bandwidth": 134_217_728,
    });
  });
});

describe("a job on snapshots", () => {
  const save = { "job-id": "j", tag: "t", vmstate: "n", devices: ["n"] };

  it("fails, is told of, and stays until it is dismissed", async () => {
    const rig = new Rig();
    const said = rig.say(JSON.stringify({ execute: "snapshot-save", arguments: save }));
    const change = (status: string): unknown => ["JOB_STATUS_CHANGE", { status, id: "j" }];
    expect(eventsOf(said)).toEqual([change("created"), change("running")]);
    expect(JSON.parse(said.at(-1) ?? "")).toEqual({ return: {} });
    await Promise.resolve();
    const later = rig.wire.take().split("\r\n").slice(0, -1);
    expect(eventsOf(later)).toEqual([change("aborting"), change("concluded")]);
    expect(rig.execute("query-jobs")).toEqual([
      {
        "current-progress": 1,
        status: "concluded",
        "total-progress": 1,
        type: "snapshot-save",
        id: "j",
        error: "No block device node 'n'",
      },
    ]);
    expect(rig.execute("job-cancel", { id: "j" })).toEqual(
      error("Job 'j' in state 'concluded' cannot accept command verb 'cancel'"),
    );
    expect(eventsOf(rig.say('{"execute":"job-dismiss","arguments":{"id":"j"}}'))).toEqual([
      change("null"),
    ]);
    expect(rig.execute("query-jobs")).toEqual([]);
    expect(rig.execute("job-dismiss", { id: "j" })).toEqual(error("Job not found"));
  });

  it("fails for the machine's reason where there is a disk for it", async () => {
    const rig = new Rig();
    expect(rig.execute("blockdev-add", { driver: "null-co", "node-name": "n" })).toEqual({});
    rig.say(JSON.stringify({ execute: "snapshot-save", arguments: save }));
    rig.say('{"execute":"snapshot-delete","arguments":{"job-id":"k","tag":"t","devices":["m"]}}');
    await Promise.resolve();
    rig.wire.take();
    const jobs = rig.execute("query-jobs") as { id: string; error: string }[];
    expect(jobs.map(({ id, error: why }) => [id, why])).toEqual([
      ["k", "No block device node 'm'"],
      ["j", STAYS],
    ]);
  });

  it("has a name of its own", () => {
    const rig = new Rig();
    rig.say(JSON.stringify({ execute: "snapshot-load", arguments: save }));
    expect(rig.execute("snapshot-load", save)).toEqual(error("Job ID 'j' already in use"));
    expect(rig.execute("snapshot-load", { ...save, "job-id": "1" })).toEqual(
      error("Invalid job ID '1'"),
    );
  });
});
