import {
  type Address,
  ADDRESS_SPACE_END,
  hex,
  MemoryModelError,
  type MemoryRegion,
  toAddress,
  toSize,
} from "@mem/core";
import {
  aFlag,
  aFunction,
  aList,
  aNumber,
  anyObject,
  anything,
  aText,
  checkOptions as checkKinds,
  MAX_RENDER_DEPTH,
  oneOf,
  type OptionRefusal,
  type OptionTable,
} from "@mem/core/plumbing";
import { printable } from "./text.js";

/**
 * A picture was asked for that cannot be drawn: an empty window, a width that is no number.
 * @see {@link layoutMap}
 */
export class PictureError extends MemoryModelError {
  static override readonly name: string = "PictureError";
}

/**
 * Options of {@link layoutMap}.
 * @see {@link layoutMap}
 */
export interface LayoutOptions {
  /** Heading. Default: the name of the address space. */
  readonly title?: string;
  /** Only addresses from `start` up to, but without, `end`, in bytes. Default: the whole root. */
  readonly window?: { readonly start: Address; readonly end: Address };
  /** Levels below the root that are drawn, 0 to 512; deeper ones are folded into their container. */
  readonly depth?: number;
  /** Width in pixels that the columns are fitted to, 200 to 10000; more where they need more. */
  readonly width?: number;
  /** Width in pixels that columns are made narrower for, 200 to 10000; more where they need more. */
  readonly maxWidth?: number;
  /** Regions too of which nothing shows. Default `true`. */
  readonly showHidden?: boolean;
  /** Disabled regions too. Default `false`. */
  readonly showDisabled?: boolean;
  /** The trees too that only aliases lead to. Default `true`. */
  readonly showTargets?: boolean;
  /** The name of a region in the picture. Default: its name. */
  readonly labels?: (region: MemoryRegion) => string;
}

/**
 * Colours of one appearance, as CSS has them: `#rgb`, `#rrggbb` or a word.
 * @see {@link renderMap}
 */
export interface Colours {
  /** Behind everything. */
  readonly background?: string;
  /** Of all text. */
  readonly text?: string;
  /** Of edges and marks. */
  readonly line?: string;
  /** Of arrows from aliases. */
  readonly arrow?: string;
  /** Of RAM. */
  readonly ram?: string;
  /** Of ROM. */
  readonly rom?: string;
  /** Of a device's memory. */
  readonly ramDevice?: string;
  /** Of ROM devices. */
  readonly romDevice?: string;
  /** Of device registers. */
  readonly mmio?: string;
  /** Of reservations. */
  readonly reservation?: string;
  /** Of regions that translate. */
  readonly iommu?: string;
  /** Of aliases. */
  readonly alias?: string;
  /** Of containers. */
  readonly container?: string;
}

/**
 * Options of {@link renderMap}.
 * @see {@link renderMap}
 */
export interface MapOptions extends LayoutOptions {
  /** Default `"auto"`: as whoever looks prefers (`prefers-color-scheme`). */
  readonly theme?: "auto" | "light" | "dark";
  /** Colours in place of the theme's own. */
  readonly colours?: { readonly light?: Colours; readonly dark?: Colours };
  /** True if the meaning of fills and marks is explained below. Default `true`. */
  readonly legend?: boolean;
}

/** Options with defaults filled in. */
export interface CheckedOptions {
  readonly window: { readonly from: bigint; readonly to: bigint } | null;
  readonly depth: number;
  readonly width: number | null;
  readonly maxWidth: number | null;
  readonly showHidden: boolean;
  readonly showDisabled: boolean;
  readonly showTargets: boolean;
  readonly label: (region: MemoryRegion) => string;
}

const OPTIONS: OptionTable = {
  call: "a picture",
  // Numbers that are `any` here have a rule of their own.
  optional: {
    title: aText,
    window: anyObject,
    depth: anything,
    width: anything,
    maxWidth: anything,
    showHidden: aFlag,
    showDisabled: aFlag,
    showTargets: aFlag,
    labels: aFunction,
    theme: oneOf("auto", "light", "dark"),
    colours: anyObject,
    legend: aFlag,
  },
};

/**
 * Refuses wrong arguments.
 * @throws PictureError always, with the rule and the name of the option
 */
export const refusePicture: OptionRefusal = (message, { rule, option: name }) => {
  throw new PictureError(message, { rule, option: name });
};

const LAYOUT: OptionTable = {
  call: "writeSvg",
  required: { title: aText, panels: aList, width: aNumber },
  isOpen: true,
};

/** @throws PictureError for what layoutMap did not answer */
export function checkLayout(layout: unknown): void {
  checkKinds(layout, LAYOUT, refusePicture);
}

/** @throws PictureError for options that are unknown or of the wrong kind */
export function checkMapOptions(options: unknown): void {
  checkKinds(options, OPTIONS, refusePicture);
}

/** @throws PictureError or AddressError for what cannot be drawn */
export function checkOptions(options: LayoutOptions): CheckedOptions {
  checkMapOptions(options);
  const { depth = MAX_RENDER_DEPTH, width, maxWidth, labels = nameOf } = options;
  if (!Number.isInteger(depth) || depth < 0 || depth > MAX_RENDER_DEPTH) {
    throw new PictureError(`a depth is 0 to ${MAX_RENDER_DEPTH}, not ${String(depth)}`, {
      rule: "picture-depth",
    });
  }
  checkWidth(width);
  checkWidth(maxWidth);
  return {
    window: options.window === undefined ? null : checkWindow(options.window),
    depth,
    width: width ?? null,
    maxWidth: maxWidth ?? null,
    showHidden: options.showHidden ?? true,
    showDisabled: options.showDisabled ?? false,
    showTargets: options.showTargets ?? true,
    label: (region) => printable(labels(region)),
  };
}

function nameOf({ name }: MemoryRegion): string {
  return name === "" ? "(anonymous)" : name;
}

function checkWidth(width: unknown): void {
  if (width === undefined || (typeof width === "number" && width >= 200 && width <= 10_000)) return;
  throw new PictureError(`a width is 200 to 10000 pixels, not ${String(width)}`, {
    rule: "picture-width",
  });
}

function checkWindow(window: { readonly start: Address; readonly end: Address }): {
  from: bigint;
  to: bigint;
} {
  const from = toAddress(window.start, "start of the window");
  const to = toSize(window.end, "end of the window");
  if (from >= to || to > ADDRESS_SPACE_END) {
    throw new PictureError(`the window ${hex(from)} to ${hex(to)} is empty`, {
      rule: "picture-window",
      address: from,
    });
  }
  return { from, to };
}
