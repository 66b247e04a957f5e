/** The generation ID: what firmware is told of it, and what monitors are. */
import { describe, expect, it } from "vitest";

import { acpiFiles } from "../../src/acpi/tables.js";
import { PcMachine } from "../../src/board/index.js";
import { plug, type DeviceRequest } from "../../src/device/properties/request.js";
import { generationId, vmgenid } from "../../src/devices/vmgenid/index.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { linkTables } from "../acpi/link-tables.js";

const GUID = "324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87";
/** Its numbers with the lowest byte first. */
const STORED = "af 6e 4e 32 d1 d1 f6 4b bf 41 b9 bb 6c 91 fb 87";

function build(devices: readonly DeviceRequest[]): PcMachine {
  return new PcMachine({
    ramSize: 2 ** 20,
    bios: embeddedFirmware(),
    vga: false,
    clock: new InstructionClock(),
    devices,
  });
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

describe("the generation ID", () => {
  it("is a file for firmware, which tells the machine where it put it", () => {
    const { items } = build([plug(vmgenid, { guid: GUID })]).board.fwCfg;
    const file = items.file("etc/vmgenid_guid");
    expect(file?.writable).toBe(false);
    expect(hex(file?.bytes.subarray(40, 56) ?? new Uint8Array())).toBe(STORED);
    expect(items.file("etc/vmgenid_addr")).toEqual({ bytes: new Uint8Array(8), writable: true });
  });

  it("is where the table says, behind what looks like a table's header", () => {
    const { tables, written } = linkTables(
      acpiFiles({
        below4g: 2 ** 27,
        above4g: 0,
        localApics: [0],
        hpet: true,
        serialPorts: [],
        parallelPort: false,
        floppy: false,
        suspend: false,
        numa: [],
        distances: null,
        generationId: true,
      }),
      0x7fe_0000,
    );
    const table = tables.get("SSDT") ?? new Uint8Array();
    expect(new TextDecoder().decode(table.subarray(16, 23))).toBe("VMGENID");
    // Name (VGIA, 0x........)
    expect(hex(table.subarray(36, 42))).toBe("08 56 47 49 41 0c");
    const at = new DataView(table.buffer, table.byteOffset + 42).getUint32(0, true);
    expect(at % 4096).toBe(0);
    const told = written.get("etc/vmgenid_addr") ?? new Uint8Array(8);
    expect(new DataView(told.buffer).getBigUint64(0, true)).toBe(BigInt(at + 40));
  });

  it("is told by the monitor, in lower case", () => {
    const pc = build([plug(vmgenid, { guid: GUID.toUpperCase() })]);
    let text = "";
    const idle = (): void => undefined;
    const target = { pc, name: null, status: "paused", stop: idle, cont: idle, reset: idle };
    new Monitor({ ...target, quit: idle }, (printed) => {
      text += printed;
    }).execute("info vm-generation-id");
    expect(text).toBe(`${GUID}\n`);
  });

  it("is another each time where it is left to the machine", () => {
    const ids = [1, 2].map(() => generationId(build([plug(vmgenid)]).devices) ?? "");
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
    expect(generationId(build([]).devices)).toBeNull();
  });

  it("is a UUID, and there is one", () => {
    expect(() => build([plug(vmgenid, { guid: "1234" })])).toThrow(
      "guid=1234: neither auto nor a UUID",
    );
    expect(() => build([plug(vmgenid), plug(vmgenid)])).toThrow(
      "at most one vmgenid device is permitted",
    );
  });
});
