/** Objects that are added by option, by QMP and by the monitor. */
import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";

import { parseCommandLine } from "../../src/cli/parse.js";
import { UserObjectError, UserObjects } from "../../src/objects/user-objects.js";

describe("objects", () => {
  it("come and go below /objects", () => {
    const machine = new Machine();
    const objects = new UserObjects(machine);
    objects.add({ "qom-type": "rng-builtin", id: "rng0" }, "text");
    objects.add({ "qom-type": "memory-backend-ram", id: "m", size: "64K", share: "on" }, "text");
    expect(machine.objects.resolve("/objects/rng0")?.klass.name).toBe("rng-builtin");
    expect(objects.memory).toMatchObject([{ id: "m", size: 65_536, share: true }]);
    expect(objects.ids).toEqual(["rng0", "m"]);
    objects.remove("rng0");
    expect(machine.objects.resolve("/objects/rng0")).toBeNull();
    objects.add({ "qom-type": "rng-builtin", id: "rng0" }, "text");
  });

  it.each([
    [{ id: "a" }, "Parameter 'qom-type' is missing"],
    [{ "qom-type": "rng-builtin" }, "Parameter 'id' is missing"],
    [{ "qom-type": "toString", id: "a" }, "Parameter 'qom-type' does not accept value 'toString'"],
    [{ "qom-type": "rng-builtin", id: "1" }, "Parameter 'id' expects an identifier"],
    [{ "qom-type": "rng-builtin", id: "a", x: 1 }, "Parameter 'x' is unexpected"],
    [{ "qom-type": "memory-backend-ram", id: "a", size: true }, "Parameter 'size' expects uint64"],
    [
      { "qom-type": "memory-backend-ram", id: "a", size: "4096" },
      "Parameter 'size' expects uint64",
    ],
    [
      { "qom-type": "memory-backend-ram", id: "a", share: "on" },
      "Invalid parameter type for 'share', expected: boolean",
    ],
    [{ "qom-type": "memory-backend-ram", id: "a", sized: 4096 }, "Parameter 'size' is missing"],
    [{ "qom-type": "memory-backend-ram", id: "a", size: 2 ** 50 }, /Cannot allocate memory/],
  ])("refuses %o", (request, message) => {
    const objects = new UserObjects(new Machine());
    expect(() => objects.add(request, "json")).toThrow(UserObjectError);
    expect(() => objects.add(request, "json")).toThrow(message);
    expect(objects.ids).toEqual([]);
  });

  it.each([
    [{ size: "x" }, "Parameter 'size' expects size"],
    [{ size: "1M", share: "maybe" }, "Parameter 'share' expects 'on' or 'off'"],
  ])("refuses the texts %o", (properties, message) => {
    const objects = new UserObjects(new Machine());
    const request = { "qom-type": "memory-backend-ram", id: "a", ...properties };
    expect(() => objects.add(request, "text")).toThrow(message);
    expect(objects.ids).toEqual([]);
  });

  it("are options, as keys and as JSON", () => {
    const requests = [
      ["-object", "rng-builtin,id=r"],
      ["-object", '{"qom-type":"memory-backend-ram","id":"m","size":4096}'],
    ].map((words) => parseCommandLine(words));
    const values = requests.map((one) => (one.kind === "run" ? one.line.objects[0]?.values : null));
    expect(values).toEqual([
      { "qom-type": "rng-builtin", id: "r" },
      { "qom-type": "memory-backend-ram", id: "m", size: 4096 },
    ]);
    const help = parseCommandLine(["-object", "memory-backend-ram,help"]);
    expect(help.kind === "list" && help.lines).toContain("  size=<size>");
  });
});
