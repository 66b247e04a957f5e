import { describe, expect, it } from "vitest";

import { Structure } from "../../src/smbios/structure.js";
import { smbiosFiles, type SmbiosMachine } from "../../src/smbios/tables.js";
import { parseCommandLine } from "../../src/cli/parse.js";

const GIB = 2 ** 30;
const UUID = Uint8Array.from({ length: 16 }, (_unused, at) => at * 0x11);

function machine(changes: Partial<SmbiosMachine> = {}): SmbiosMachine {
  return {
    uuid: UUID,
    cpus: 1,
    signature: { eax: 0x663, edx: 0x078b_fbfd },
    ram: [{ address: 0, length: 2 ** 28 }],
    settings: {},
    ...changes,
  };
}

interface Read {
  readonly type: number;
  readonly handle: number;
  readonly fields: DataView;
  /** Text number `n`, from 1 on. */
  text(at: number): string;
}

/** Takes the tables apart as `dmidecode` does: by the lengths, and the zeros behind the texts. */
function read(tables: Uint8Array): Read[] {
  const found: Read[] = [];
  for (let at = 0; at < tables.length;) {
    const view = new DataView(tables.buffer, at);
    const length = view.getUint8(1);
    let end = at + length;
    while (tables[end] !== 0 || tables[end + 1] !== 0) end++;
    const texts = new TextDecoder().decode(tables.slice(at + length, end)).split("\0");
    const fields = new DataView(tables.buffer, at, length);
    const text = (field: number): string => texts[fields.getUint8(field) - 1] ?? "";
    found.push({ type: view.getUint8(0), handle: view.getUint16(2, true), fields, text });
    at = end + 2;
  }
  return found;
}

const tablesOf = (changes?: Partial<SmbiosMachine>): Read[] =>
  read(smbiosFiles(machine(changes))["etc/smbios/smbios-tables"] ?? new Uint8Array());
const only = (tables: readonly Read[], type: number): Read => {
  const [table, ...more] = tables.filter((structure) => structure.type === type);
  expect(more).toEqual([]);
  if (table === undefined) throw new Error(`there is no structure of type ${type}`);
  return table;
};

describe("the SMBIOS tables", () => {
  it("have QEMU's structures, lengths and handles", () => {
    const shapes = tablesOf().map(({ type, handle, fields }) => [type, handle, fields.byteLength]);
    expect(shapes).toEqual([
      [1, 0x100, 27],
      [3, 0x300, 22],
      [4, 0x400, 42],
      [16, 0x1000, 23],
      [17, 0x1100, 40],
      [19, 0x1300, 31],
      [32, 0x2000, 11],
      [127, 0x7f00, 4],
    ]);
  });

  it("are announced by an entry point of release 2.8", () => {
    const files = smbiosFiles(machine());
    const tables = files["etc/smbios/smbios-tables"] ?? new Uint8Array();
    const anchor = files["etc/smbios/smbios-anchor"] ?? new Uint8Array();
    const view = new DataView(anchor.buffer);
    const text = new TextDecoder("latin1").decode(anchor);
    expect([text.slice(0, 4), text.slice(16, 21)]).toEqual(["_SM_", "_DMI_"]);
    expect([anchor[5], anchor[6], anchor[7], anchor[30]]).toEqual([31, 2, 8, 0x28]);
    expect(view.getUint16(22, true)).toBe(tables.length);
    expect(view.getUint16(28, true)).toBe(8);
    expect(view.getUint16(8, true)).toBeGreaterThan(60);
  });

  it("tell the machine's identity with its first three parts turned round", () => {
    const system = only(tablesOf(), 1);
    const uuid = Array.from({ length: 16 }, (_unused, at) => system.fields.getUint8(8 + at));
    expect(uuid).toEqual([
      ...[0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66],
      ...[0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff],
    ]);
    expect(system.text(5)).toBe("Standard PC (i440FX + PIIX, 1996)");
  });

  it("tell of memory below and above 4 GiB, in devices of 16 GiB", () => {
    const tables = tablesOf({
      ram: [
        { address: 0, length: 3 * GIB },
        { address: 4 * GIB, length: 17 * GIB },
      ],
    });
    const array = only(tables, 16);
    expect(array.fields.getUint32(7, true)).toBe(20 * 2 ** 20);
    expect(array.fields.getUint16(13, true)).toBe(2);
    const sizes = tables
      .filter(({ type }) => type === 17)
      .map(({ fields, text }) => [fields.getUint16(12, true), text(16)]);
    expect(sizes).toEqual([
      [16 * 1024, "DIMM 0"],
      [4 * 1024, "DIMM 1"],
    ]);
    const ranges = tables
      .filter(({ type }) => type === 19)
      .map(({ fields }) => [fields.getUint32(4, true), fields.getUint32(8, true)]);
    expect(ranges).toEqual([
      [0, 0x2f_ffff],
      [0x40_0000, 0x14f_ffff],
    ]);
  });

  it("tell of a range that ends beyond 4 TiB in bytes", () => {
    const range = only(tablesOf({ ram: [{ address: 0, length: 5 * 2 ** 40 }] }), 19);
    expect(range.fields.getUint32(8, true)).toBe(0xffff_ffff);
    expect(range.fields.getBigUint64(23, true)).toBe(BigInt(5 * 2 ** 40 - 1));
  });

  it("have the texts that are set, and structures only for what is", () => {
    const line = parseCommandLine([
      ...["-smbios", "type=0,vendor=v,version=w,date=01/02/2003,release=3.4,uefi=on"],
      ...["-smbios", "type=1,serial=a,,b,uuid=12345678-1234-1234-1234-123456789abc"],
      ...["-smbios", "type=2,product=board", "-smbios", "type=3,asset=shelf"],
      ...["-smbios", "type=4,sock_pfx=X,max-speed=3000", "-smbios", "type=11,value=a,value=b"],
      ...["-smbios", "type=17,speed=1600", "-smbios", "type=17,loc_pfx=D"],
    ]);
    if (line.kind !== "run") throw new Error("that is not a run");
    expect(line.line.uuid).toBe("12345678-1234-1234-1234-123456789abc");
    const tables = tablesOf({ settings: line.line.smbios });
    const firmware = only(tables, 0);
    expect([firmware.text(4), firmware.text(5), firmware.text(8)]).toEqual([
      "v",
      "w",
      "01/02/2003",
    ]);
    expect([19, 20, 21].map((at) => firmware.fields.getUint8(at))).toEqual([0x1c, 3, 4]);
    expect(only(tables, 1).text(7)).toBe("a,b");
    expect(only(tables, 2).text(5)).toBe("board");
    expect(only(tables, 3).text(8)).toBe("shelf");
    expect(only(tables, 4).text(4)).toBe("X 0");
    expect(only(tables, 4).fields.getUint16(20, true)).toBe(3000);
    expect(only(tables, 11).fields.getUint8(4)).toBe(2);
    expect(only(tables, 17).fields.getUint16(21, true)).toBe(1600);
    expect(only(tables, 17).text(16)).toBe("D 0");
  });

  it.each([
    ["type=77", "there are 0, 1, 2, 3, 4, 11, 17"],
    ["type=x", "must be a number"],
    ["vendor=v", "type= is missing"],
    ["type=1,foo=1", '"foo" is not known here'],
    ["type=0,release=a", "must be MAJOR.MINOR"],
    ["type=0,release=1.256", "must be MAJOR.MINOR"],
    ["type=4,max-speed=65536", "from 0 to 65535"],
    ["type=1,uuid=1", "UUID"],
    ["file=/nowhere/at/all", "/nowhere/at/all"],
  ])("refuses -smbios %s", (value, message) => {
    expect(() => parseCommandLine(["-smbios", value])).toThrow(message);
  });

  it("end a structure without texts with two zeros", () => {
    expect([...new Structure(127, 0x7f00).bytes()]).toEqual([127, 4, 0x00, 0x7f, 0, 0]);
  });
});
