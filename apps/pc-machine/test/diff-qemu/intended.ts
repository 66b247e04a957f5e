/** The differences from QEMU that are meant: what is not compared, and what is not asked. */
import { makeEdid } from "../../src/devices/vga/edid.js";
import type { Access } from "../support/guest-access.js";
import type { Traits } from "./traits.js";
import table from "./intended-differences.json" with { type: "json" };

/** A run of byte-wide ports, in hexadecimal. */
interface PortRun {
  readonly first: string;
  readonly last: string;
}

/** The machines that a mask or a write is meant for. */
interface Condition {
  /** Only where a drive interrupts. */
  readonly withDrives?: boolean;
  /** Only where a serial port interrupts. */
  readonly withSerial?: boolean;
}

/** A row of the table. */
export interface IntendedDifference {
  readonly id: string;
  readonly device: string;
  /** Who is right, and where that is written. */
  readonly reference: string;
  readonly here: string;
  readonly qemu: string;
  /** Ports that are left alone altogether. */
  readonly ports?: readonly PortRun[];
  /** Bits that are not compared. */
  readonly masks?: readonly (PortRun & Condition & { readonly bits: string })[];
  /** Writes that are not made: of these values, or with one of these bits. */
  readonly avoid?: readonly (PortRun &
    Condition & {
      readonly values?: readonly string[];
      readonly bits?: string;
      /** Only where this IDE channel, named by its first port, has no master. */
      readonly withoutMaster?: string;
    })[];
  /** Memory regions whose contents are not compared. */
  readonly regions?: readonly string[];
  /** Answers of scripts that differ: lines that begin so, below a label. */
  readonly cases?: readonly {
    readonly case: string;
    readonly label?: string;
    readonly line: string;
    /** What the machine here may answer, a pattern; without one, anything. */
    readonly ours?: string;
    /** What QEMU may answer, a pattern; without one, anything. */
    readonly qemu?: string;
  }[];
}

/** The rows, in the order of the file. */
export const intendedDifferences: readonly IntendedDifference[] = table;

const left = new Set<number>();
const masks = new Map<number, (Condition & { readonly bits: number })[]>();
const avoided = new Map<number, ((value: number, traits: Traits) => boolean)[]>();

function ports({ first, last }: PortRun): number[] {
  const start = Number(first);
  return Array.from({ length: Number(last) - start + 1 }, (_unused, n) => start + n);
}

function isMeant({ withDrives, withSerial }: Condition, { channels, serial }: Traits): boolean {
  return (withDrives !== true || channels.length > 0) && (withSerial !== true || serial);
}

for (const row of intendedDifferences) {
  for (const run of row.ports ?? []) for (const port of ports(run)) left.add(port);
  for (const run of row.masks ?? []) {
    const mask = { ...run, bits: Number(run.bits) };
    for (const port of ports(run)) masks.set(port, [...(masks.get(port) ?? []), mask]);
  }
  for (const run of row.avoid ?? []) {
    const { values = [], bits = "0", withoutMaster } = run;
    const list = values.map(Number);
    const test = (value: number, traits: Traits): boolean =>
      withoutMaster === undefined
        ? isMeant(run, traits) && (list.includes(value) || (value & Number(bits)) !== 0)
        : !traits.channels.includes(Number(withoutMaster));
    for (const port of ports(run)) avoided.set(port, [...(avoided.get(port) ?? []), test]);
  }
}

/** Each byte of a port access: its port, and its place in the value. */
function bytesOf({ address, size }: Access): { port: number; shift: number }[] {
  return Array.from({ length: size }, (_unused, n) => ({ port: address + n, shift: 8 * n }));
}

/** Whether an access asks for nothing that is known to differ. */
export function isFair(access: Access, traits: Traits): boolean {
  const { space, write } = access;
  if (space !== "io") return true;
  return bytesOf(access).every(({ port, shift }) => {
    if (left.has(port)) return false;
    const value = write === undefined ? undefined : (write >>> shift) & 0xff;
    return value === undefined || !(avoided.get(port) ?? []).some((test) => test(value, traits));
  });
}

/** Whether two answers to a read are the same, but for the bits that are meant to differ. */
export function agrees(access: Access, qemu: number, ours: number, traits: Traits): boolean {
  if (access.space === "memory") {
    return qemu === ours || (traits.display && showsEdid(access, ours));
  }
  let differing = (qemu ^ ours) >>> 0;
  for (const { port, shift } of bytesOf(access)) {
    for (const mask of masks.get(port) ?? []) {
      if (isMeant(mask, traits)) differing = (differing & ~(mask.bits << shift)) >>> 0;
    }
  }
  return differing === 0;
}

/** Bytes of a page, at whose beginning the registers in memory have the monitor's description. */
const PAGE = 0x1000;
/** With an extension, which QEMU's has. */
const EDID_BYTES = 256;
const edid = makeEdid();

/** Whether what the machine here answered is what its monitor's description has at this place of a page. */
function showsEdid({ address, size }: Access, ours: number): boolean {
  const offset = address % PAGE;
  if (offset + size > EDID_BYTES) return false;
  const bytes = Array.from({ length: size }, (_unused, n) => edid[offset + n] ?? 0);
  return bytes.reduceRight((value, byte) => value * 0x100 + byte, 0) === ours;
}

/** The row that says that an answer of a script differs on purpose, `null` where none does. */
export function intendedAnswer(
  name: string,
  label: string,
  line: string,
  ours: string,
): IntendedDifference | null {
  return (
    intendedDifferences.find(({ cases = [] }) =>
      cases.some(
        (one) =>
          one.case === name &&
          (one.ours === undefined || new RegExp(one.ours).test(ours)) &&
          (one.qemu === undefined || new RegExp(one.qemu).test(line)) &&
          (one.label === undefined || one.label === label) &&
          (line.startsWith(one.line) || (one.label === undefined && line.includes(one.line))),
      ),
    ) ?? null
  );
}
