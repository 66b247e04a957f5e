import type { AddressSpace } from "@mem/flat";
import { layoutMap } from "./layout/layout-map.js";
import type { MapOptions } from "./map-options.js";
import { writeSvg } from "./svg/svg.js";

/**
 * A memory map as SVG: the flat view of an address space beside the tree of regions that it comes
 * from, with what lies in front further right, and arrows from aliases to what they show.
 * @param space the address space; nothing of it is changed
 * @param options parts of the map to draw, and their form
 * @returns one `<svg>` element as text, which ends with a newline; the same map gives the same text
 * @throws PictureError or AddressError for options that cannot be
 *
 * @example
 * const svg = renderMap(space, { title: "The map", theme: "light" });
 * console.log(svg.slice(0, 4), svg.includes("The map")); // prints: <svg true
 * console.log(svg.trimEnd().endsWith("</svg>")); // prints: true
 * @see QEMU's `info mtree`, which says the same in words
 */
export function renderMap(space: AddressSpace, options: MapOptions = {}): string {
  return writeSvg(layoutMap(space, options), options);
}
