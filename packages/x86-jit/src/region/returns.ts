/** Returns from functions that are called within a region: where they lead. */
import { type Block, Ending } from "./block.js";

/** Places that one return is looked for in at most. */
const MOST_SITES = 4;

/** Is it a return, to wherever the stack says? */
function isReturn({ ending, instructions }: Block): boolean {
  const opcode = instructions.at(-1)?.opcode;
  return ending === Ending.INDIRECT && (opcode === 0xc2 || opcode === 0xc3);
}

/**
 * Enters in `successors` of each return the blocks behind the calls of its function, as far as they are in the
 * region. A function is what jumps reach from its entry, with calls gone past.
 */
export function linkReturns(blocks: readonly Block[], numbers: ReadonlyMap<number, number>): void {
  const sites = new Map<number, number[]>();
  for (const block of blocks) {
    if (block.ending !== Ending.CALL) continue;
    const [entry = -1] = block.successors;
    const site = numbers.get(block.next);
    if (entry < 0 || site === undefined) continue;
    const known = sites.get(entry);
    if (known === undefined) sites.set(entry, [site]);
    else known.push(site);
  }
  for (const [entry, places] of sites) {
    for (const number of functionBlocks(blocks, numbers, entry)) {
      const block = blocks[number];
      if (!isReturn(block)) continue;
      for (const place of places) {
        const { successors } = block;
        if (successors.length < MOST_SITES && !successors.includes(place)) successors.push(place);
      }
    }
  }
}

function functionBlocks(
  blocks: readonly Block[],
  numbers: ReadonlyMap<number, number>,
  entry: number,
): Set<number> {
  const found = new Set<number>([entry]);
  for (const number of found) {
    const block = blocks[number];
    const { ending, successors } = block;
    const behind = ending === Ending.CALL ? [numbers.get(block.next) ?? -1] : successors;
    // Places behind calls, which returns lead to, are no part of the function.
    if (isReturn(block)) continue;
    for (const next of behind) if (next >= 0) found.add(next);
  }
  return found;
}
