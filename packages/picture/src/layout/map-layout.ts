import type { MemoryRegion } from "@mem/core";
import type { FlatRange } from "@mem/flat";
import type { PictureKind } from "../kinds.js";

/**
 * A rectangle in pixels; y grows downwards.
 * @see {@link layoutMap}
 */
export interface Rect {
  /** Left edge, in pixels. */
  readonly x: number;
  /** Upper edge, in pixels. */
  readonly y: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/**
 * Addresses from `start` up to, but without, `end`, in bytes.
 * @see {@link layoutMap}
 */
export interface AddressSpan {
  /** First address, in bytes. */
  readonly start: bigint;
  /** Address behind the last, in bytes. */
  readonly end: bigint;
}

/**
 * A piece of text in a box: already cut to what fits.
 * @see {@link layoutMap}
 */
export interface TextLine {
  /** The text itself. */
  readonly text: string;
  /** The place where it stands; text is at most as wide as this, as far as a monospaced font tells. */
  readonly rect: Rect;
  /** Reads from bottom to top. */
  readonly vertical: boolean;
  /** The kind of text, which decides how it looks. */
  readonly role: "name" | "detail" | "address" | "heading";
  /** At which end of the rectangle it stands. */
  readonly align: "start" | "end";
}

/**
 * A stretch of addresses in which no boundary lies. Rows are as high as they need to be to be
 * read, so heights are no measure of sizes.
 * @see {@link layoutMap}
 */
export interface AddressRow extends AddressSpan {
  /** Upper edge, in pixels. */
  readonly y: number;
  /** Height in pixels. */
  readonly height: number;
  /** Long and empty: drawn much too short, with a mark that says so. */
  readonly isBroken: boolean;
}

/**
 * The state of a region to the guest in a stretch: `seen`, `covered` by what lies in front, or `through`
 * where it has nothing to show itself.
 * @see {@link layoutMap}
 */
export type MapSegmentState = "seen" | "covered" | "through";

/**
 * A stretch of a box in which its state is the same.
 * @see {@link layoutMap}
 */
export interface MapSegment {
  /** The state of the region to the guest there. */
  readonly state: MapSegmentState;
  /** Upper edge, in pixels. */
  readonly y: number;
  /** Height in pixels. */
  readonly height: number;
}

/**
 * A region where it stands in a tree.
 * @see {@link layoutMap}
 */
export interface MapBox extends Rect, AddressSpan {
  /** The region that is drawn. */
  readonly region: MemoryRegion;
  /** Its name in the picture. */
  readonly name: string;
  /** Its kind. */
  readonly kind: PictureKind;
  /** Number of levels that it is below the root of its panel. */
  readonly depth: number;
  /** Its priority among its siblings; the highest is in front. */
  readonly priority: number;
  /** True if it is switched off. */
  readonly disabled: boolean;
  /** Subregions that the depth leaves out. */
  readonly folded: number;
  /** Addresses before the first, or after the last that is drawn, are cut off. */
  readonly isCutAtStart: boolean;
  /** Addresses after the last that is drawn are cut off. */
  readonly isCutAtEnd: boolean;
  /** Part of the width, in pixels, that the region itself takes; the rest is its subregions. */
  readonly ownWidth: number;
  /** Its stretches, ascending. */
  readonly segments: readonly MapSegment[];
  /** The text in it. */
  readonly lines: readonly TextLine[];
  /** Description in one sentence, for whoever points at it or has it read out. */
  readonly description: string;
  /** An alias: what it shows. */
  readonly target: (AddressSpan & { readonly region: MemoryRegion }) | null;
}

/**
 * The thing that an address space shows in a stretch: a range of its flat view, or a hole.
 * @see {@link layoutMap}
 */
export interface FlatBox extends Rect, AddressSpan {
  /** The range of the flat view; `null` for a hole. */
  readonly range: FlatRange | null;
  /** The kind of thing that shows there. */
  readonly kind: PictureKind;
  /** Drawn much too short, with a mark that says so. */
  readonly isBroken: boolean;
  /** The text in it. */
  readonly lines: readonly TextLine[];
  /** Description in one sentence. */
  readonly description: string;
}

/**
 * A vertical strip with a heading.
 * @see {@link layoutMap}
 */
export interface MapColumn {
  /** The text above it. */
  readonly heading: TextLine;
  /** Left edge, in pixels. */
  readonly x: number;
  /** Width in pixels. */
  readonly width: number;
}

/**
 * A tree with addresses of its own: that of the address space, or one that aliases lead to.
 * @see {@link layoutMap}
 */
export interface MapPanel extends Rect {
  /** The region at the top of the tree. */
  readonly root: MemoryRegion;
  /** The first is that of the address space. */
  readonly isMain: boolean;
  /** The text above it. */
  readonly heading: TextLine;
  /** Ascending, without gaps. */
  readonly rows: readonly AddressRow[];
  /** One for each boundary, ascending. */
  readonly addresses: readonly (TextLine & { readonly address: bigint })[];
  /** Parents before children, what lies behind before what lies in front. */
  readonly boxes: readonly MapBox[];
}

/**
 * From an alias to the part of its target that it shows.
 * @see {@link layoutMap}
 */
export interface MapArrow {
  /** The alias. */
  readonly from: MapBox;
  /** The region that it shows a part of. */
  readonly to: MapBox;
  /** The addresses shown, in the panel of the target. */
  readonly span: AddressSpan;
  /** The place where they are: a bar along the target's edge. */
  readonly bar: Rect;
  /** Corners of the way; between the second and the third it may be bent. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Something of the alias is seen. */
  readonly isSeen: boolean;
  /** Description in one sentence. */
  readonly description: string;
}

/**
 * A picture of a memory map as data: what is where, in pixels. The same map gives the same data.
 * @see {@link layoutMap}
 */
export interface MapLayout {
  /** Heading of the picture. */
  readonly title: string;
  /** The text below the heading. */
  readonly subtitle: string;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** The addresses that are drawn. */
  readonly window: AddressSpan;
  /** The trees, that of the address space first. */
  readonly panels: readonly MapPanel[];
  /** The things that the address space shows, ascending. */
  readonly flat: readonly FlatBox[];
  /** The place where that is drawn. */
  readonly flatColumn: MapColumn;
  /** From aliases to what they show. */
  readonly arrows: readonly MapArrow[];
  /** Description in words, a line for each range. */
  readonly description: string;
  /** Boxes, ranges and arrows in short, 256 of each at most; addresses are texts such as `"0x10"`. */
  toJSON(): object;
}
