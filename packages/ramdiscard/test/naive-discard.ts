import type { MemoryRegion } from "@mem/core";
import type { MemoryRegionSection } from "@mem/flat";
import { BitmapRamDiscardSource, type RamDiscardListener } from "@mem/ramdiscard";
import { sectionOf } from "./machine.js";

/** Bytes that the naive model tells apart. */
export const UNIT = 0x400;
/** How many of them the region has: 24 pages. */
export const UNITS = 96;

/** Flags of the units of a section. */
export function unitsOf(section: MemoryRegionSection): boolean[] {
  const from = Number(section.offsetWithinRegion) / UNIT;
  const to = from + Number(section.size) / UNIT;
  return Array.from({ length: UNITS }, (_, i) => i >= from && i < to);
}

export function and(...all: (readonly boolean[])[]): boolean[] {
  return Array.from({ length: UNITS }, (_, i) => all.every((flags) => flags[i]));
}

export function minus(a: readonly boolean[], b: readonly boolean[]): boolean[] {
  return a.map((is, i) => is && !b[i]);
}

export function any(flags: readonly boolean[]): boolean {
  return flags.includes(true);
}

/** A source, and which units it should have populated. */
export class NaiveSource {
  readonly source: BitmapRamDiscardSource;
  readonly units: boolean[] = Array.from({ length: UNITS }, () => false);
  readonly #unitsInBlock: number;

  constructor(region: MemoryRegion, pages: number) {
    this.source = new BitmapRamDiscardSource(region, pages * 0x1000);
    this.#unitsInBlock = (pages * 0x1000) / UNIT;
  }

  /** Units of some blocks. */
  unitsOfBlocks(from: number, to: number): boolean[] {
    const per = this.#unitsInBlock;
    return this.units.map((_, i) => i >= from * per && i < to * per);
  }

  set(units: readonly boolean[], on: boolean): void {
    for (const [i, is] of units.entries()) if (is) this.units[i] = on;
  }
}

/** A listener that keeps what it was told, and refuses what touches certain units. */
export class NaiveListener implements RamDiscardListener {
  readonly doubleDiscardSupported: boolean;
  readonly section: MemoryRegionSection;
  readonly units: boolean[];
  /** What it was told to be populated. */
  readonly view: boolean[] = Array.from({ length: UNITS }, () => false);
  /** What it refuses. */
  forbidden: readonly boolean[] = [];
  /** What it was told that makes no sense. */
  readonly complaints: string[] = [];

  constructor(region: MemoryRegion, from: number, length: number, double: boolean) {
    this.section = sectionOf(region, from * UNIT, length * UNIT);
    this.units = unitsOf(this.section);
    this.doubleDiscardSupported = double;
  }

  refuses(units: readonly boolean[]): boolean {
    return any(and(units, this.units, this.#forbidden()));
  }

  notifyPopulate(part: MemoryRegionSection): number {
    const units = unitsOf(part);
    this.#check(part, units);
    if (any(and(units, this.view))) this.complaints.push(`${part} was populated already`);
    if (any(and(units, this.#forbidden()))) return -1;
    for (const [i, is] of units.entries()) if (is) this.view[i] = true;
    return 0;
  }

  notifyDiscard(part: MemoryRegionSection): void {
    const units = unitsOf(part);
    this.#check(part, units);
    if (!this.doubleDiscardSupported && any(minus(units, this.view))) {
      this.complaints.push(`${part} was not populated`);
    }
    for (const [i, is] of units.entries()) if (is) this.view[i] = false;
  }

  #forbidden(): boolean[] {
    return Array.from({ length: UNITS }, (_, i) => this.forbidden[i] ?? false);
  }

  #check(part: MemoryRegionSection, units: readonly boolean[]): void {
    if (any(minus(units, this.units))) this.complaints.push(`${part} leaves the section`);
    const shift = part.offsetWithinRegion - this.section.offsetWithinRegion;
    if (part.offsetWithinAddressSpace !== this.section.offsetWithinAddressSpace + shift) {
      this.complaints.push(`${part} is elsewhere`);
    }
  }
}
