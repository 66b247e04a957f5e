/** QMP: the protocol, the schema, commands, events. */
import { describe, expect, it } from "vitest";

import { RingBuffer } from "../../src/chardev/ring-buffer.js";
import { Random } from "@mem/common";
import { Rig } from "./qmp-rig.js";

/** How much noise is made: more, where it is asked for. */
const NOISE = Number(process.env["MEM_PROTOCOL_NOISE"] ?? 2_000);

const status = '{"return": {"status": "prelaunch", "singlestep": false, "running": false}';
const error = (desc: string): string => `{"error": {"class": "GenericError", "desc": "${desc}"}}`;
const json = (what: string): string => error(`JSON parse error, ${what}`);
const query = (id: string): string => `{"execute":"query-status","id":${id}}`;

/** What QEMU 7.2 answers. */
const PROTOCOL: readonly (readonly [sent: string, ...answers: string[]])[] = [
  ['{"execute":"query-status","foo":1}', error("QMP input member 'foo' is unexpected")],
  ['{"execute":"query-status","arguments":{"x":1}}', error("Parameter 'x' is unexpected")],
  ['{"execute":"query-rx-filter"}', '{"return": []}'],
  [
    '{"execute":"query-rx-filter","arguments":{"name":"e1000.0"}}',
    error("invalid net client name: e1000.0"),
  ],
  [
    '{"execute":"query-rx-filter","arguments":{"name":5}}',
    error("Invalid parameter type for 'name', expected: string"),
  ],
  [
    '{"exec-oob":"query-status","id":1}',
    '{"id": 1, "error": {"class": "GenericError", "desc": ' +
      '"The command query-status does not support OOB"}}',
  ],
  ["[1]", error("QMP input must be a JSON object")],
  ["5", error("QMP input must be a JSON object")],
  ["{}", error("QMP input lacks member 'execute'")],
  ['{"execute":5}', error("QMP input member 'execute' must be a string")],
  [
    '{"execute":"query-status","arguments":5}',
    error("QMP input member 'arguments' must be an object"),
  ],
  [
    '{"execute":"query-status","exec-oob":"x"}',
    error("QMP input member 'execute' clashes with 'exec-oob'"),
  ],
  [
    '{"execute":"nosuch"}',
    '{"error": {"class": "CommandNotFound", "desc": "The command nosuch has not been found"}}',
  ],
  ['{ "execute" "x" }', json("missing : in object pair")],
  ["}", json("expecting value")],
  ['{"a":1,}', json("expecting value")],
  ["foo", json("invalid keyword 'foo'")],
  ["\xff", json("stray '\\uFFFD'")],
  ['\xff{"execute":"query-status"}', json("stray '\\uFFFD'"), `${status}}`],
  ["{'execute':'query-name'}", '{"return": {}}'],
  [query("99999999999999999999"), `${status}, "id": 1e+20}`],
  [query("1.5e3"), `${status}, "id": 1500}`],
  [query("1.1"), `${status}, "id": 1.1000000000000001}`],
  [query("18446744073709551615"), `${status}, "id": 18446744073709551615}`],
  [query("1e999"), `${status}, "id": inf}`],
  [query("-0"), `${status}, "id": 0}`],
  [query("01"), json("stray '01'"), json("expecting value")],
  [query('"\\ud800"'), json("\\\\ud800 is not a valid Unicode character")],
  [query('"\\u0000"'), `${status}, "id": "\\u0000"}`],
  [query('"\\u00e9\\ud83d\\ude00"'), `${status}, "id": "\\u00E9\\uD83D\\uDE00"}`],
  [query('"\\x"'), json("invalid escape sequence in string")],
  [query('"a\nb"'), json("stray '\\\"a\\n'"), json("expecting value")],
  [query('"\xc3\xa9"'), `${status}, "id": "\\u00E9"}`],
  [query('{"a":[1,null]}'), `${status}, "id": {"a": [1, null]}}`],
  ['{"execute":"query-status","execute":"query-name"}', json("duplicate key")],
  ['{"execute":"query-status"\n,}', json("expecting value")],
  ["%d", json("stray '%'")],
  ["-", json("stray '-\\n'")],
  ["[1 2]", json("expected separator in list")],
  ["{1:2}", json("key is not a string in object")],
  ["(", json("stray '('")],
  ['{"execute":"query-status"}{"execute":"query-name"}', `${status}}`, '{"return": {}}'],
];

describe("the protocol", () => {
  it("greets, and wants capabilities first", () => {
    const rig = new Rig(false);
    rig.server.greet();
    expect(rig.wire.take()).toMatch(
      /^{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "mem-pc [\d.]+"}, "capabilities": \["oob"\]}}\r\n$/,
    );
    const wanted = "Expecting capabilities negotiation with 'qmp_capabilities'";
    expect(rig.say('{"execute":"query-status"}')).toEqual([
      `{"error": {"class": "CommandNotFound", "desc": "${wanted}"}}`,
    ]);
    expect(rig.execute("qmp_capabilities", { enable: ["foo"] })).toEqual({
      error: { class: "GenericError", desc: "Parameter 'null' does not accept value 'foo'" },
    });
    expect(rig.execute("qmp_capabilities")).toEqual({});
    expect(rig.execute("qmp_capabilities")).toEqual({
      error: {
        class: "CommandNotFound",
        desc: "Capabilities negotiation is already complete, command ignored",
      },
    });
  });

  it.each(PROTOCOL)("answers %j as QEMU does", (sent, ...answers) => {
    expect(new Rig().say(sent)).toEqual(answers);
  });

  it("bounds depth", () => {
    const rig = new Rig();
    expect(rig.say("[".repeat(1025))).toEqual([error("JSON nesting depth limit exceeded")]);
    expect(rig.say('{"execute":"query-name"}')).toEqual(['{"return": {}}']);
  });

  it("indents where it is asked to", () => {
    expect(new Rig(true, true).say('{"execute":"query-kvm"}').join("\n")).toBe(
      '{\n    "return": {\n        "enabled": false,\n        "present": false\n    }\n}',
    );
  });

  it(`${NOISE} pieces of noise end nothing`, () => {
    const rig = new Rig();
    const random = new Random(3);
    const pieces = [
      ...["{", "}", "[", "]", ",", ":", '"', "'", "\\", "1", "-", "e9", "0", ".", "true", "nul"],
      ...['"execute"', '"query-status"', '"id"', '"arguments"', "{}", "\xff", "\n", "\x00", " "],
      ...["99999999999999999999999", '"\\ud83d"', '{"execute":"stop"}', '{"execute":"cont"}'],
    ];
    for (let n = 0; n < NOISE; n++) {
      const text = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join("");
      for (const answer of rig.say(text)) {
        expect(answer).toMatch(/^{"(return|error|id|timestamp)": /);
      }
    }
    rig.say("\x01]}]}\n");
    rig.wire.onEvent?.("closed");
    rig.wire.onEvent?.("opened");
    rig.execute("qmp_capabilities");
    expect(rig.execute("query-name")).toEqual({});
  });
});

describe("the schema", () => {
  it("describes every command, and all that it names", () => {
    const rig = new Rig();
    const schema = rig.execute("query-qmp-schema") as { name: string; "meta-type": string }[];
    const names = new Set(schema.map(({ name }) => name));
    expect(names.size).toBe(schema.length);
    const commands = rig.execute("query-commands") as { name: string }[];
    for (const { name } of commands) expect(names).toContain(name);
    const text = JSON.stringify(schema);
    for (const [, , used = ""] of text.matchAll(
      /"(arg-type|ret-type|element-type|type)":"(.*?)"/g,
    )) {
      expect(names).toContain(used);
    }
    expect(schema.find(({ name }) => name === "STOP")?.["meta-type"]).toBe("event");
  });

  it("every query without arguments has an answer", () => {
    const rig = new Rig();
    const commands = rig.execute("query-commands") as { name: string }[];
    const errors = [
      ...["query-vm-generation-id", "query-balloon", "query-sgx", "query-sgx-capabilities"],
      ...["query-sev-capabilities", "query-sev-launch-measure", "query-cpu-model-expansion"],
      "query-stats",
    ];
    for (const { name } of commands.filter((one) => one.name.startsWith("query-"))) {
      const answer = rig.execute(name);
      const missing = errors.includes(name);
      expect([name, JSON.stringify(answer).startsWith('{"error"')]).toEqual([name, missing]);
    }
  });
});

describe("commands", () => {
  it("stop and go, with their events", async () => {
    const rig = new Rig();
    const at = '{"timestamp": {"seconds": 1, "microseconds": 500000}, "event": ';
    expect(rig.say('{"execute":"cont"}')).toEqual([`${at}"RESUME"}`, '{"return": {}}']);
    expect(rig.say('{"execute":"cont"}')).toEqual(['{"return": {}}']);
    expect(rig.say('{"execute":"stop"}')).toEqual([`${at}"STOP"}`, '{"return": {}}']);
    expect(rig.say('{"execute":"system_reset"}')).toEqual(['{"return": {}}']);
    await Promise.resolve();
    expect(rig.wire.take()).toBe(
      `${at}"RESET", "data": {"guest": false, "reason": "host-qmp-system-reset"}}\r\n`,
    );
    rig.execute("set-action", { reboot: "shutdown" });
    rig.say('{"execute":"system_reset"}');
    await Promise.resolve();
    expect(rig.wire.take()).toContain('"SHUTDOWN", "data": {"guest": false');
  });

  it("devices come and go", async () => {
    const rig = new Rig();
    expect(rig.execute("device_add", { driver: "edu", id: "e" })).toEqual({});
    expect(rig.execute("device_add", { driver: "edu", id: "e" })).toMatchObject({
      error: { desc: "Duplicate device ID 'e'" },
    });
    expect(rig.execute("device_add", { driver: "nope" })).toMatchObject({
      error: { class: "GenericError", desc: "'nope' is not a valid device model name" },
    });
    expect(rig.execute("device_add", { driver: "edu", addr: "0.0" })).toMatchObject({
      error: { class: "GenericError", desc: expect.stringContaining("i440FX") },
    });
    expect(rig.execute("device_add", {})).toMatchObject({
      error: { desc: "Parameter 'driver' is missing" },
    });
    expect(rig.execute("qom-get", { path: "/machine/peripheral/e", property: "type" })).toBe("edu");
    expect(rig.execute("device_del", { id: "e" })).toEqual({});
    expect(rig.execute("device_del", { id: "e" })).toEqual({
      error: { class: "GenericError", desc: "Device e is already in the process of unplug" },
    });
    await Promise.resolve();
    expect(rig.wire.take()).not.toContain("DEVICE_DELETED");
    rig.session.pc.reset();
    await Promise.resolve();
    expect(rig.wire.take()).toContain('"device": "e", "path": "/machine/peripheral/e"');
    expect(rig.execute("device_del", { id: "e" })).toMatchObject({
      error: { class: "DeviceNotFound", desc: "Device 'e' not found" },
    });
  });

  it("cards are known by QEMU's names, and do not tell of their filters", () => {
    const rig = new Rig(true, false, [{ device: "e1000" }, { device: "e1000", id: "c1" }]);
    const ask = (name: string): unknown => rig.execute("query-rx-filter", { name });
    const refused = (desc: string): unknown => ({ error: { class: "GenericError", desc } });
    for (const name of ["e1000.0", "c1"]) {
      expect(ask(name)).toEqual(refused(`net client(${name}) doesn't support rx-filter querying`));
    }
    expect(ask("e1000.1")).toEqual(refused("invalid net client name: e1000.1"));
  });

  it("types are listed before there is an object of them", () => {
    const rig = new Rig();
    const names = (args: object): string[] =>
      (rig.execute("qom-list-types", args) as { name: string }[]).map(({ name }) => name);
    const devices = names({ implements: "device", abstract: true });
    expect(devices).toEqual(expect.arrayContaining(["edu", "VGA", "isa-serial", "isa-i8259"]));
    expect(new Set(devices).size).toBe(devices.length);
    expect(names({ implements: "pci-device" })).toContain("edu");
    expect(names({ implements: "pci-device" })).not.toContain("isa-serial");
    expect(names({ implements: "nope" })).toEqual([]);
    expect(names({ implements: "device" })).not.toContain("pci-device");
  });

  it("types derive from what QEMU's derive from, up to object", () => {
    const rig = new Rig();
    type Type = { name: string; parent?: string; abstract?: boolean };
    const list = (args: object): Type[] => rig.execute("qom-list-types", args) as Type[];
    const all = new Map(list({ abstract: true }).map((type) => [type.name, type]));
    const concrete = new Set(list({ abstract: false }).map(({ name }) => name));
    const above = (name: string | undefined): string[] =>
      name === undefined ? [] : [name, ...above(all.get(name)?.parent)];
    for (const { name, abstract = false } of all.values()) {
      expect([name, abstract]).toEqual([name, !concrete.has(name)]);
    }
    for (const root of ["object", "device", "sys-bus-device"]) {
      for (const { name } of list({ implements: root, abstract: true })) {
        expect(above(name)).toContain(root);
      }
    }
    const tails = ["VGA", "isa-i8259", "ioapic", "smbus-eeprom", "qemu32-i386-cpu", "vmport"];
    expect(tails.map((name) => above(name).join(" "))).toEqual([
      "VGA pci-vga pci-device device object",
      "isa-i8259 pic-common isa-device device object",
      "ioapic ioapic-common sys-bus-device device object",
      "smbus-eeprom smbus-device i2c-slave device object",
      "qemu32-i386-cpu i386-cpu cpu device object",
      "vmport isa-device device object",
    ]);
  });

  it("help of every type has an answer, of abstract ones, too", () => {
    const rig = new Rig();
    const tree = rig.execute("human-monitor-command", { "command-line": "info qom-tree" });
    const types = rig.execute("qom-list-types", { abstract: true }) as { name: string }[];
    for (const { name } of types) {
      rig.execute("device-list-properties", { typename: name });
      const line = `device_add "${name},help"`;
      expect(rig.execute("human-monitor-command", { "command-line": line })).toBeTypeOf("string");
    }
    expect(rig.execute("human-monitor-command", { "command-line": "info qom-tree" })).toBe(tree);
  });

  it("memory comes and goes", () => {
    const rig = new Rig();
    const add = (args: object): unknown =>
      rig.execute("object-add", { "qom-type": "memory-backend-ram", id: "a", ...args });
    expect(add({})).toMatchObject({ error: { desc: "Parameter 'size' is missing" } });
    expect(add({ size: 4096 })).toEqual({});
    expect(add({ size: 4096 })).toMatchObject({
      error: { desc: "attempt to add duplicate property 'a' to object (type 'container')" },
    });
    expect(add({ id: "b", size: 0 })).toMatchObject({
      error: { desc: "property 'size' of memory-backend-ram doesn't take value '0'" },
    });
    expect(add({ id: "c", size: 4096, foo: 1 })).toMatchObject({
      error: { desc: "Parameter 'foo' is unexpected" },
    });
    expect(rig.execute("query-memdev")).toMatchObject([{ id: "a", size: 4096 }, { id: "pc.ram" }]);
    expect(rig.execute("object-del", { id: "a" })).toEqual({});
    expect(rig.execute("object-del", { id: "a" })).toMatchObject({
      error: { desc: "object 'a' not found" },
    });
    expect(add({ size: 4096 })).toEqual({});
  });

  it("the whole object tree can be walked", () => {
    const rig = new Rig();
    let objects = 0;
    const walk = (path: string): void => {
      objects++;
      const properties = rig.execute("qom-list", { path }) as { name: string; type: string }[];
      for (const { name, type } of properties) {
        const value = rig.execute("qom-get", { path, property: name });
        expect(value).not.toHaveProperty("error");
        if (type.startsWith("child<")) walk(path === "/" ? `/${name}` : `${path}/${name}`);
      }
    };
    walk("/");
    expect(objects).toBeGreaterThan(50);
  });

  it("the machine tells its properties, in QEMU's types", () => {
    const rig = new Rig();
    const get = (property: string): unknown =>
      rig.execute("qom-get", { path: "/machine", property });
    const listed = rig.execute("qom-list", { path: "/machine" }) as {
      name: string;
      type: string;
    }[];
    const types = new Map(listed.map(({ name, type }) => [name, type]));
    for (const [name, type, value] of [
      ["boot", "BootConfiguration", { order: "cad" }],
      ["memory", "MemorySizeConfiguration", { size: 2 ** 24 }],
      ["hpet", "bool", true],
      ["vmport", "OnOffAuto", "on"],
      ["max-fw-size", "size", 8 << 20],
      ["kernel", "string", ""],
    ] as const) {
      expect([name, types.get(name), get(name)]).toEqual([name, type, value]);
    }
    expect(get("smp")).toMatchObject({ cpus: 1, maxcpus: 1, threads: 1 });
    const clock = rig.session.pc.devices.find(
      ({ definition }) => definition.name === "mc146818rtc",
    );
    expect(get("rtc_state")).toBe(clock?.device.object?.canonicalPath());
    expect(
      rig.execute("qom-set", { path: "/machine", property: "hpet", value: false }),
    ).toMatchObject({ error: { class: "GenericError" } });
  });

  it("the monitor is at hand", () => {
    const rig = new Rig();
    expect(rig.execute("human-monitor-command", { "command-line": "info status" })).toBe(
      "VM status: paused (prelaunch)\r\n",
    );
    expect(rig.execute("human-monitor-command", { "command-line": "foo" })).toContain(
      "unknown command: 'foo'\r\n",
    );
  });

  it("what there is none of is told of in QEMU's words", () => {
    const rig = new Rig();
    expect(rig.execute("query-sev-capabilities")).toMatchObject({
      error: { class: "GenericError", desc: "KVM not enabled" },
    });
    expect(rig.execute("query-acpi-ospm-status")).toEqual([]);
    expect(rig.execute("query-vnc")).toEqual({ enabled: false });
    expect(rig.execute("query-vnc-servers")).toEqual([]);
    expect(rig.execute("query-migrate")).toEqual({
      "blocked-reasons": ["The state of this machine cannot be saved"],
    });
    expect(rig.execute("query-colo-status")).toEqual({
      "last-mode": "none",
      mode: "none",
      reason: "none",
    });
  });

  it("what it is built without is no command", () => {
    const rig = new Rig();
    expect(rig.execute("query-spice")).toEqual({
      error: { class: "CommandNotFound", desc: "The command query-spice has not been found" },
    });
    expect(rig.execute("query-sgx")).toMatchObject({
      error: { class: "GenericError", desc: "No EPC regions defined, SGX not available" },
    });
  });

  it("keys and the mouse reach the guest", () => {
    const rig = new Rig();
    const { board } = rig.session.pc;
    if (board === null) throw new Error("the rig has a board");
    const { i8042 } = board.isa;
    const before = i8042.keyboard.queue.length;
    const key = (data: unknown, type = "qcode"): unknown =>
      rig.execute("send-key", { keys: [{ type, data }] });
    expect(key("a")).toEqual({});
    const afterKey = i8042.keyboard.queue.length;
    expect(afterKey).toBeGreaterThanOrEqual(before);
    expect(key("zzz")).toMatchObject({
      error: { desc: "Parameter 'data' does not accept value 'zzz'" },
    });
    expect(key(30, "number")).toEqual({});
    const moves = [
      { type: "rel", data: { axis: "x", value: 3 } },
      { type: "btn", data: { button: "left", down: true } },
    ];
    expect(rig.execute("input-send-event", { events: moves })).toEqual({});
    const half = [moves[0], { type: "key", data: { key: { type: "qcode", data: "b" } } }];
    expect(rig.execute("input-send-event", { events: half })).toMatchObject({
      error: { desc: "Parameter 'down' is missing" },
    });
    expect(rig.execute("screendump", { filename: "/nowhere/s.ppm" })).toMatchObject({
      error: { desc: "There is no console to take a screendump from" },
    });
    const needs = {
      eject: {},
      "blockdev-change-medium": { filename: "f" },
    };
    for (const [name, args] of Object.entries(needs)) {
      expect(rig.execute(name, { device: "x", ...args })).toEqual({
        error: { class: "DeviceNotFound", desc: "Device 'x' not found" },
      });
    }
    expect(rig.execute("block_resize", { device: "x", size: 1 })).toEqual({
      error: { class: "GenericError", desc: "Cannot find device='x' nor node-name=''" },
    });
  });

  it("a ring is read and written", () => {
    const rig = new Rig();
    rig.characters.add("r", new RingBuffer(16));
    expect(rig.execute("ringbuf-write", { device: "r", data: "hello" })).toEqual({});
    expect(rig.execute("ringbuf-read", { device: "r", size: 4 })).toBe("hell");
    expect(rig.execute("ringbuf-read", { device: "r", size: 9, format: "base64" })).toBe("bw==");
    expect(rig.execute("query-chardev")).toEqual([
      { "frontend-open": false, filename: "ringbuf", label: "r" },
    ]);
    expect(rig.execute("chardev-remove", { id: "r" })).toEqual({});
    expect(rig.execute("query-chardev")).toEqual([]);
  });
});
