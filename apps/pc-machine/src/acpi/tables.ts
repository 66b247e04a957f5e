/** All tables of a machine, as the files of fw_cfg that firmware links. */
import { dsdt } from "./dsdt/dsdt.js";
import {
  FADT_POINTER,
  facs,
  fadt,
  hpet,
  madt,
  rsdt,
  rsdtPointer,
  slit,
  srat,
  waet,
} from "./fixed-tables.js";
import { generationIdTable, linkGenerationId } from "./generation-id.js";
import { LoaderScript, LoaderZone } from "./loader.js";
import type { AcpiMachine } from "./machine.js";
import { type AcpiOem, CHECKSUM_OFFSET, nameMaker, oemIdBytes } from "./table.js";

const FILE = {
  TABLES: "etc/acpi/tables",
  ROOT: "etc/acpi/rsdp",
  SCRIPT: "etc/table-loader",
} as const;

const FACS_ALIGNMENT = 64;
const ROOT_BYTES = 20;
const ROOT = { CHECKSUM: 8, OEM: 9, POINTER: 16 } as const;
const ROOT_ALIGNMENT = 16;

/** A table with its place in the file. */
interface PlacedTable {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/**
 * The files, by name: `etc/acpi/tables`, `etc/acpi/rsdp`, `etc/table-loader`.
 * @param oem whoever made the tables; default: this PC
 */
export function acpiFiles(
  machine: AcpiMachine,
  oem: AcpiOem = {},
): Readonly<Record<string, Uint8Array>> {
  const wake = facs();
  const code = dsdt(machine);
  const listed = [
    fadt(),
    ...(machine.localApics.length > 0 ? [madt(machine)] : []),
    ...(machine.hpet ? [hpet()] : []),
    ...(machine.numa.length > 0 ? [srat(machine)] : []),
    ...(machine.distances === null ? [] : [slit(machine.distances)]),
    waet(),
    ...(machine.generationId ? [generationIdTable()] : []),
  ];
  const root = rsdt(listed.length);
  // The FACS comes first: it has the strictest alignment.
  for (const bytes of [code, ...listed, root]) nameMaker(bytes, oem);
  const placed = place([wake, code, ...listed, root]);
  const [placedWake, placedCode, ...rest] = placed;
  const placedRoot = rest.at(-1);
  const [placedFadt] = rest;
  const file = new Uint8Array(placed.reduce((sum, { bytes }) => sum + bytes.length, 0));
  for (const { bytes, offset } of placed) file.set(bytes, offset);
  const view = new DataView(file.buffer);
  const script = new LoaderScript();
  script.allocate(FILE.ROOT, ROOT_ALIGNMENT, LoaderZone.F_SEGMENT);
  script.allocate(FILE.TABLES, FACS_ALIGNMENT, LoaderZone.HIGH);
  const point = (at: number, target: PlacedTable | undefined, size: 4 | 8 = 4): void => {
    view.setUint32(at, target?.offset ?? 0, true);
    script.addPointer(FILE.TABLES, FILE.TABLES, at, size);
  };
  const from = placedFadt?.offset ?? 0;
  point(from + FADT_POINTER.FACS, placedWake);
  point(from + FADT_POINTER.DSDT, placedCode);
  point(from + FADT_POINTER.X_DSDT, placedCode, 8);
  for (const [index, target] of rest.slice(0, -1).entries()) {
    point((placedRoot?.offset ?? 0) + rsdtPointer(index), target);
  }
  // The last table before the root.
  const placedId = rest.at(-2);
  if (machine.generationId && placedId !== undefined) {
    linkGenerationId(script, FILE.TABLES, placedId.offset);
  }
  for (const { bytes, offset } of placed) {
    if (bytes === wake) continue;
    script.addChecksum(FILE.TABLES, offset + CHECKSUM_OFFSET, offset, bytes.length);
  }
  const pointer = rootPointer(placedRoot?.offset ?? 0, oem);
  script.addPointer(FILE.ROOT, FILE.TABLES, ROOT.POINTER, 4);
  script.addChecksum(FILE.ROOT, ROOT.CHECKSUM, 0, ROOT_BYTES);
  return { [FILE.TABLES]: file, [FILE.ROOT]: pointer, [FILE.SCRIPT]: script.bytes() };
}

function place(tables: readonly Uint8Array[]): readonly PlacedTable[] {
  let next = 0;
  return tables.map((bytes) => {
    const offset = next;
    next += bytes.length;
    return { bytes, offset };
  });
}

/** RSDP: what systems look for below 1 MiB. */
function rootPointer(rsdtOffset: number, { id }: AcpiOem): Uint8Array {
  const bytes = new Uint8Array(ROOT_BYTES);
  bytes.set(new TextEncoder().encode("RSD PTR "));
  bytes.set(oemIdBytes(id), ROOT.OEM);
  new DataView(bytes.buffer).setUint32(ROOT.POINTER, rsdtOffset, true);
  return bytes;
}
