/**
 * Messages between a picture of a map and the machine behind it. Addresses are hexadecimal texts.
 */

/** Request about the map of a machine. */
export type MapCommand =
  /** Show this address space from now on, and each change. Names are those of {@link MapReport} `spaces`. */
  | {
      readonly type: "map/show";
      readonly space: string | null;
      readonly window: MapWindow | null;
      /** Pixels that the picture is made narrower for, where it can be; `null`: none. */
      readonly maxWidth: number | null;
      /** True if regions are drawn of which nothing is seen. */
      readonly hidden: boolean;
      /** True if accesses are counted. They are traced for as long as this is so. */
      readonly heat: boolean;
    }
  /** Nobody looks: nothing is watched any more but breaks. */
  | { readonly type: "map/hide" }
  | {
      readonly type: "map/explain";
      readonly space: string;
      readonly address: string;
    }
  /** Stop the machine when the range is accessed. */
  | {
      readonly type: "map/break";
      readonly space: string;
      readonly start: string;
      readonly last: string;
      readonly on: BreakOn;
    }
  | { readonly type: "map/unbreak"; readonly id: number };

/** Accesses that a break stops at. */
export type BreakOn = "read" | "write" | "fetch" | "any";

/** Addresses, the last one included. */
export interface MapWindow {
  readonly start: string;
  readonly last: string;
}

/** Report of the map of a machine. */
export type MapReport =
  | { readonly type: "map/spaces"; readonly names: readonly string[]; readonly shown: string }
  | { readonly type: "map/frame"; readonly frame: MapFrame }
  | { readonly type: "map/changes"; readonly changes: readonly MapChange[] }
  | { readonly type: "map/heat"; readonly counts: readonly RegionHeat[] }
  | { readonly type: "map/explanation"; readonly explanation: ExplanationView }
  | { readonly type: "map/breaks"; readonly breaks: readonly BreakView[] }
  | { readonly type: "map/broke"; readonly id: number; readonly text: string }
  | { readonly type: "map/trouble"; readonly message: string };

/** The map of an address space at one moment. */
export interface MapFrame {
  readonly space: string;
  /** Part of it that is drawn: two frames of the same part can be compared. */
  readonly part: string;
  readonly title: string;
  /** The picture as SVG of `width` by `height` pixels. */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Flat view of the address space, ascending. */
  readonly flat: readonly FlatView[];
  /** The regions, parents first. */
  readonly boxes: readonly BoxView[];
}

/** A place in the picture. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A range of the flat view. */
export interface FlatView extends Place {
  /** Key that is equal for one part of one region, wherever that shows. */
  readonly key: string;
  /** The region's number; `null` for a hole. */
  readonly region: number | null;
  readonly name: string;
  readonly kind: string;
  readonly start: string;
  readonly last: string;
  readonly size: string;
  readonly description: string;
}

/** A region where it stands in a tree. */
export interface BoxView extends Place {
  readonly key: string;
  readonly region: number;
  readonly name: string;
  readonly kind: string;
  /** Levels below the root of its tree; a root has 0. */
  readonly depth: number;
  /** True if its tree is that of the address space, and `start` an address in it. */
  readonly isMain: boolean;
  readonly priority: number;
  readonly start: string;
  readonly last: string;
  /** True if any of it shows. */
  readonly isSeen: boolean;
  readonly description: string;
}

/** A commit that changed what the address space shows. */
export interface MapChange {
  readonly number: number;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** Number of accesses of a region since the trace began, and in the last quarter of a second. */
export interface RegionHeat {
  readonly region: number;
  readonly name: string;
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly recent: number;
}

/** Explanation of an address. */
export interface ExplanationView {
  readonly space: string;
  readonly address: string;
  readonly headline: string;
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
}

/** A break that is set. */
export interface BreakView {
  readonly id: number;
  readonly space: string;
  readonly start: string;
  readonly last: string;
  readonly on: BreakOn;
}
