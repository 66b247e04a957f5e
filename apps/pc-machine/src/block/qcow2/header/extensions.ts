/** Extensions of the header, behind its fields: names and formats. */
import { refuse } from "./fields.js";

const Extension = {
  END: 0,
  BACKING_FORMAT: 0xe279_2aca,
  FEATURE_NAMES: 0x6803_f857,
  BITMAPS: 0x2385_2875,
} as const;
const HEAD_BYTES = 8;
const NAME = { BYTES: 48, TEXT: 2 } as const;
const INCOMPATIBLE_KIND = 0;

/** Extensions that say something here. Others stay as they are. */
export interface HeaderExtensions {
  /** Format of the image beneath, `null` when nobody tells. */
  readonly backingFormat: string | null;
  /** Names of incompatible features, by their bits' numbers. */
  readonly featureNames: ReadonlyMap<number, string>;
  /** True if there are bitmaps of changes. */
  readonly hasBitmaps: boolean;
}

/**
 * Read the extensions of the header's cluster between `from` and `end`.
 * @throws BlockError when one leaves the cluster
 */
export function readExtensions(cluster: Uint8Array, from: number, end: number): HeaderExtensions {
  const view = new DataView(cluster.buffer, cluster.byteOffset, cluster.length);
  const featureNames = new Map<number, string>();
  let backingFormat: string | null = null;
  let hasBitmaps = false;
  for (let at = from; at + HEAD_BYTES <= end;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === Extension.END) break;
    at += HEAD_BYTES;
    if (at + length > end) throw refuse("Header extension too large");
    const contents = cluster.subarray(at, at + length);
    if (type === Extension.BACKING_FORMAT) backingFormat = text(contents);
    if (type === Extension.BITMAPS) hasBitmaps = true;
    if (type === Extension.FEATURE_NAMES) readNames(contents, featureNames);
    at += Math.ceil(length / HEAD_BYTES) * HEAD_BYTES;
  }
  return { backingFormat, featureNames, hasBitmaps };
}

function readNames(contents: Uint8Array, into: Map<number, string>): void {
  for (let at = 0; at + NAME.BYTES <= contents.length; at += NAME.BYTES) {
    const [kind = 0, bit = 0] = contents.subarray(at, at + NAME.TEXT);
    const name = text(contents.subarray(at + NAME.TEXT, at + NAME.BYTES));
    if (kind === INCOMPATIBLE_KIND) into.set(bit, name.replace(/\0.*$/s, ""));
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
