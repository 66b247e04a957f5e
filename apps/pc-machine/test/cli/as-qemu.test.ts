/** Command lines that QEMU 7.2 takes: what they ask for here, and what is told of it. */
import { describe, expect, it } from "vitest";

import type { CommandLine } from "../../src/cli/command-line.js";
import { parseCommandLine, type Request } from "../../src/cli/parse.js";
import { runRequest } from "./parsed-line.js";

const wordsOf = (text: string): string[] =>
  text.split(" ").map((word) => (word === '""' ? "" : word));

const requestOf = (text: string): Request => parseCommandLine(wordsOf(text));

const parse = (text: string): CommandLine => runRequest(wordsOf(text)).line;

const WITHOUT_EFFECT = "accepted without effect:";

describe("what QEMU takes", () => {
  it.each([
    ["-icount shift=3,align=on", `${WITHOUT_EFFECT} time waits for no other clock`],
    ["-rtc driftfix=slew", `${WITHOUT_EFFECT} no ticks are ever lost`],
    ["-m 64,slots=2,maxmem=1G", `${WITHOUT_EFFECT} there is no RAM to plug into slots`],
    ["-name x,process=y", `${WITHOUT_EFFECT} the process keeps its name`],
    ["-name x,debug-threads=on", `${WITHOUT_EFFECT} the process keeps its name`],
    ["-boot splash=/nonexistent.bmp", "failed to find file '/nonexistent.bmp'"],
    ["-overcommit mem-lock=on", `${WITHOUT_EFFECT} memory is neither locked nor shared`],
    ["-msg timestamp=on", `${WITHOUT_EFFECT} messages are lines of their own`],
  ])("%s, and a line says what that means", (text, note) => {
    expect(parse(text).notes).toEqual([`${text}: ${note}`]);
  });

  it.each([
    ["-global unknown.prop=x", "warning: global unknown.prop has invalid class name"],
    [
      "-smp 0",
      "warning: -smp 0: Deprecated CPU topology (considered invalid): CPU topology parameters must be greater than zero",
    ],
  ])("%s, with a warning", (text, warning) => {
    expect(parse(text).notes).toEqual([warning]);
  });

  it.each([
    ...['-m ""', '-icount ""', '-rtc ""', '-smp ""', '-boot ""', '-name ""', '-machine ""'],
    ...["-icount shift=3,sleep=off", "-icount auto,sleep=on", "-nic none,model=help"],
    ...["-rtc base=2001-02-30", "-name guest=x", "-overcommit cpu-pm=off"],
  ])("%s, without a word", (text) => {
    expect(parse(text).notes).toEqual(
      text.startsWith("-overcommit")
        ? [`${text}: ${WITHOUT_EFFECT} memory is neither locked nor shared`]
        : [],
    );
  });

  it("a CD drive without a disc is one", () => {
    expect(parse('-cdrom ""').disks).toMatchObject([{ path: null, kind: "cdrom" }]);
  });

  it.each([
    ["-audiodev none,id=a", "there is no sound"],
    ['-audiodev {"id":"a","driver":"none"}', "there is no sound"],
    ["-rotate 90", "the display cannot be rotated"],
    ["-seed 5", "nothing is random but the guest; see -icount"],
  ])("%s, without effect", (text, why) => {
    expect(parse(text).notes).toEqual([`${text}: ${WITHOUT_EFFECT} ${why}`]);
  });

  it("an option without a value changes nothing", () => {
    const [given, usual] = [parse('-m "" -name "" -boot "" -icount ""'), parse("-S")];
    expect([given.ramSize, given.name, given.bootOrder, given.icountShift]).toEqual([
      usual.ramSize,
      null,
      null,
      null,
    ]);
  });

  it("a day that a month does not have is one of the next", () => {
    expect(parse("-rtc base=2001-02-30").rtcBase).toBe(Date.UTC(2001, 2, 2));
  });
});

describe("arguments in JSON", () => {
  it("describe a device", () => {
    const [device] = parse('-device {"driver":"VGA","id":"v","addr":"0x5","vgamem_mb":32}').devices;
    expect(device).toMatchObject({
      driver: "VGA",
      id: "v",
      addr: "0x5",
      properties: { vgamem_mb: "32" },
    });
  });

  it("describe a network, with as many rules as there are", () => {
    const rules = ["tcp:127.0.0.1:5022-:22", "udp:127.0.0.1:5053-:53"];
    const json = { type: "user", id: "n", restrict: true, hostfwd: rules.map((str) => ({ str })) };
    const network = parse(`-netdev ${JSON.stringify(json)}`).netdevs.get("n");
    expect(network?.hostForwards?.map(({ host, guestPort }) => [host.port, guestPort])).toEqual([
      [5022, 22],
      [5053, 53],
    ]);
  });

  it("may have single quotes, as QMP's", () => {
    const [device] = parse("-device {'driver':'e1000','id':'n'}").devices;
    expect([device?.driver, device?.id]).toEqual(["e1000", "n"]);
  });

  it.each([
    ["{", "JSON expected"],
    ['{"driver":"e1000"}}', "JSON expected"],
    ["{'driver':'e1000'}{}", "JSON expected"],
    ['{"driver":{"a":1}}', "driver: a text, a number, true or false expected"],
    ['{"driver":null}', "driver: a text, a number, true or false expected"],
    ['{"id":"x"}', "driver= is missing"],
  ])("-device %s is refused", (json, why) => {
    expect(() => parse(`-device ${json}`)).toThrow(why);
  });
});

describe("what QEMU refuses", () => {
  it.each([
    ["-chardev null,id=1a", "id=1a: a name has letters"],
    ["-netdev user,id=1", "id=1: a name has letters"],
    ["-seed foo", "there is no such value"],
    ["-audiodev pa,id=a", "there is no such value"],
    ["-icount align=on", "Please specify shift option when using align"],
    ["-icount 3,align=on,sleep=off", "align=on and sleep=off are incompatible"],
    ["-overcommit mem-lock=foo", "mem-lock=foo: must be on or off"],
    ["-overcommit foo=on", '"foo" is not known here'],
    ["-msg timestamp=foo", "timestamp=foo: must be on or off"],
    ["-compat deprecated-input=foo", "must be accept or reject or crash"],
    ["-boot cc", "boot device 'c' was given twice"],
    ["-name foo=bar", '"foo" is not known here'],
    ["-machine x-oem-id=toolong", "x-oem-id value is bigger than 6 bytes"],
    ["-machine x-oem-table-id=muchtoolong", "x-oem-table-id value is bigger than 8 bytes"],
  ])("%s", (text, why) => {
    expect(() => parse(text)).toThrow(why);
  });
});

describe("what QEMU lists", () => {
  it.each([
    ["-smp help", "smp-opts options:", "  cpus=<num>"],
    ["-boot help", "boot-opts options:", "  once=<str>"],
    ["-nic model=help", "Supported NIC models:", "virtio-net-pci"],
    ["-nic user,model=help", "Supported NIC models:", "e1000"],
    ["-net nic,model=help", "Supported NIC models:", "e1000"],
    ["-object iothread,help", "iothread options:", "  poll-max-ns=<int>"],
    ["-object throttle-group,help", "throttle-group options:", "  x-iops-total=<int>"],
  ])("%s", (text, first, another) => {
    const request = requestOf(text);
    const lines = request.kind === "list" ? request.lines : [];
    expect(lines[0]).toBe(first);
    expect(lines).toContain(another);
  });
});
