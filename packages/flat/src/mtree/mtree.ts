import { ADDRESS_MAX, type MemoryRegion, type MemorySystem } from "@mem/core";
import { MAX_RENDER_DEPTH } from "@mem/core/plumbing";
import { AddressSpaces } from "../space/address-spaces.js";
import { flatViewBlocks } from "./flat.js";
import { address, ownerSuffix, typeLabel } from "./format.js";
import { checkMachine } from "../arguments.js";
import { checkMtreeOptions, type MtreeOptions } from "./options.js";

/**
 * The text of QEMU's `info mtree`, as blocks that a blank line separates: one per root with its
 * address spaces, then one per region that an alias shows; or, with `flatview`, one per view.
 *
 * @example
 * for (const line of mtree(machine, { flatview: true }).join("\n").split("\n")) console.log(line);
 * // prints: FlatView
 * // prints:  AS "cpu", root: system
 * // prints:  Root memory region: ram
 * // prints:   0000000000000000-000000000000ffff (prio 0, ram): ram
 */
export function mtree(system: MemorySystem, options: MtreeOptions = {}): string[] {
  checkMachine(system, "mtree");
  checkMtreeOptions(options);
  const spaces = AddressSpaces.of(system).all;
  return options.flatview
    ? flatViewBlocks(spaces, options)
    : new TreePrinter(options).print(spaces);
}

class TreePrinter {
  readonly #options: MtreeOptions;
  /** Targets of aliases, in the order in which they were met. */
  readonly #targets = new Set<MemoryRegion>();
  #lines: string[] = [];
  /** Marks of lines that were left out; they go before the next line of the block, as in QEMU. */
  #marks = "";

  constructor(options: MtreeOptions) {
    this.#options = options;
  }

  print(spaces: readonly { readonly name: string; readonly root: MemoryRegion }[]): string[] {
    const blocks: string[] = [];
    const byRoot = new Map<MemoryRegion, string[]>();
    for (const { name, root } of spaces) {
      byRoot.set(root, [...(byRoot.get(root) ?? []), name]);
    }
    for (const [root, names] of byRoot) {
      const heads = names.sort(compareBytes).map((name) => `address-space: ${name}`);
      blocks.push(this.#block(heads, root));
    }
    for (const target of this.#targets) {
      blocks.push(this.#block([`memory-region: ${target.name}`], target));
    }
    return blocks;
  }

  #block(heads: readonly string[], region: MemoryRegion): string {
    this.#lines = [...heads];
    this.#marks = "";
    this.#visit(region, 1, 0n);
    return this.#lines.join("\n");
  }

  #visit(region: MemoryRegion, level: number, base: bigint): void {
    const start = (base + region.addr) & ADDRESS_MAX;
    const end = lastOf(start, region.size);
    if (start < base || end < start) this.#marks += "[DETECTED OVERFLOW!] ";
    if (region.alias) this.#targets.add(region.alias);
    if (region.enabled || this.#options.disabled) {
      const line = `${address(start)}-${address(end)} (prio ${region.priority}, ${typeLabel(region)}): `;
      const disabled = region.enabled ? "" : " [disabled]";
      const owner = this.#options.owner ? ownerSuffix(region) : "";
      const remark = this.#options.remark?.(region) ?? "";
      this.#lines.push(
        `${this.#marks}${"  ".repeat(level)}${line}${description(region)}${disabled}${owner}${remark}`,
      );
      this.#marks = "";
    }
    if (region.alias || level > MAX_RENDER_DEPTH) return;
    for (const sub of inAddressOrder(region)) this.#visit(sub, level + 1, start);
  }
}

function description(region: MemoryRegion): string {
  const { alias, aliasOffset } = region;
  if (!alias) return region.name;
  const end = lastOf(aliasOffset, region.size);
  return `alias ${region.name} @${alias.name} ${address(aliasOffset)}-${address(end)}`;
}

/** The last address; of nothing, the first. */
function lastOf(start: bigint, size: bigint): bigint {
  return size === 0n ? start : (start + size - 1n) & ADDRESS_MAX;
}

function inAddressOrder(region: MemoryRegion): MemoryRegion[] {
  return [...region.subregions].sort((a, b) =>
    a.addr !== b.addr ? (a.addr < b.addr ? -1 : 1) : b.priority - a.priority,
  );
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
