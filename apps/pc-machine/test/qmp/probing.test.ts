/** What programs that manage machines ask of one before they use it, and while they do. */
import { describe, expect, it } from "vitest";

import { Rig } from "./qmp-rig.js";

/** Each command with its arguments. */
type Asked = readonly (readonly [name: string, args?: Readonly<Record<string, unknown>>])[];

/** The order in which libvirt asks what a program can do. */
const CAPABILITIES: Asked = [
  ["query-version"],
  ["query-target"],
  ["query-commands"],
  ["query-kvm"],
  ["qom-list-types"],
  ["query-qmp-schema"],
  ["query-machines"],
  ["query-cpu-definitions"],
  ["query-command-line-options"],
  ["query-migrate-capabilities"],
  ["query-tpm-models"],
  ["query-tpm-types"],
  ["query-chardev-backends"],
  ["query-cpu-model-expansion", { type: "static", model: { name: "max" } }],
  ["query-cpu-model-expansion", { type: "full", model: { name: "qemu64" } }],
];

/** The order in which it looks at a machine that it has started, and lets it run. */
const START: Asked = [
  ["query-status"],
  ["query-chardev"],
  ["qom-list", { path: "/machine/peripheral" }],
  ["query-hotpluggable-cpus"],
  ["query-cpus-fast"],
  ["query-iothreads"],
  ["query-block"],
  ["query-named-block-nodes"],
  ["query-memory-size-summary"],
  ["query-rx-filter"],
  ["cont"],
];

const errorsOf = (rig: Rig, asked: Asked): unknown[] =>
  asked.flatMap(([name, args]) => {
    const answer = rig.execute(name, args);
    return JSON.stringify(answer).startsWith('{"error"') ? [[name, answer]] : [];
  });

describe("libvirt's questions", () => {
  it("about the program are all answered", () => {
    const rig = new Rig();
    expect(errorsOf(rig, CAPABILITIES)).toEqual([]);
    const types = rig.execute("qom-list-types", { implements: "device", abstract: false });
    const names = (types as { name: string }[]).map(({ name }) => name);
    const known = new Set(names);
    expect(rig.execute("qom-list-types", { implements: "user-creatable" })).toEqual(
      [
        ...["iothread", "memory-backend-file", "memory-backend-ram", "rng-builtin", "rng-random"],
        ...["secret", "throttle-group"],
      ].map((name) => ({ name })),
    );
    for (const name of ["VGA", "e1000", "ide-hd", "isa-serial", "piix3-usb-uhci", "usb-tablet"]) {
      expect([name, known.has(name)]).toEqual([name, true]);
      const properties = rig.execute("device-list-properties", { typename: name });
      expect([name, Array.isArray(properties)]).toEqual([name, true]);
    }
    for (const [typename, property] of [
      ["memory-backend-file", "mem-path"],
      ["memory-backend-ram", "size"],
    ] as const) {
      const found = rig.execute("qom-list-properties", { typename }) as { name: string }[];
      expect([typename, found.map(({ name }) => name)]).toEqual([
        typename,
        expect.arrayContaining([property]),
      ]);
    }
  });

  it("about a machine that was started, and its end", () => {
    const rig = new Rig();
    expect(errorsOf(rig, START)).toEqual([]);
    expect(rig.execute("query-status")).toMatchObject({ status: "running", running: true });
    expect(errorsOf(rig, [["stop"]])).toEqual([]);
    expect(rig.execute("query-status")).toMatchObject({ status: "paused", running: false });
    expect(errorsOf(rig, [["cont"], ["system_powerdown"], ["system_reset"], ["quit"]])).toEqual([]);
  });
});

describe("questions about what could be asked for", () => {
  it("options and models of processors are told of", () => {
    const rig = new Rig();
    expect(rig.execute("query-command-line-options", { option: "rtc" })).toEqual([
      {
        parameters: ["clock", "base", "driftfix"].map((name) => ({ name, type: "string" })),
        option: "rtc",
      },
    ]);
    expect(rig.execute("query-command-line-options", { option: "x" })).toMatchObject({
      error: { desc: "invalid option name: x" },
    });
    const expanded = (type: string, name: string, props?: object): unknown =>
      rig.execute("query-cpu-model-expansion", { type, model: { name, props } });
    expect(expanded("full", "qemu32", { sse2: false })).toMatchObject({
      model: { name: "qemu32", props: { cmov: true, sse2: false, family: 6 } },
    });
    expect(expanded("static", "pentium3")).toMatchObject({
      model: { name: "pentium3", props: { sse: true, sse2: false } },
    });
    expect(expanded("full", "x")).toMatchObject({ error: { desc: "CPU model 'x' not found" } });
    expect(expanded("full", "pentium3", { fly: true })).toMatchObject({
      error: { desc: "Property 'pentium3-i386-cpu.fly' not found" },
    });
    expect(expanded("full", "pentium3", { fpu: 1 })).toMatchObject({
      error: { desc: "Invalid parameter type for 'fpu', expected: boolean" },
    });
  });
});
