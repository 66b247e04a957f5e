/** The pictures of docs/PICTURES.md and of the READMEs, by the paths of their files. */
import { renderMap } from "@mem/picture";
import { overlapExample, pcExample, wideExample } from "./guide-maps.js";
import { drawPackageMaps } from "./package-maps.js";
import { bootedPc, freshPc } from "./pc-maps.js";

/** Where firmware and its shadow are, and the display beneath. */
const FIRMWARE = { start: 0xa0000, end: 0x100000 };

/** Draws all of them. */
export function drawPictures(): ReadonlyMap<string, string> {
  const documents = [...drawDocuments()].map(
    ([name, svg]) => [`docs/pictures/${name}`, svg] as const,
  );
  return new Map([...documents, ...drawPackageMaps()]);
}

function drawDocuments(): ReadonlyMap<string, string> {
  const shadow = { window: FIRMWARE, showHidden: false };
  return new Map([
    [
      "overlap-container.svg",
      renderMap(overlapExample(false), { title: "Where B has nothing, C shows" }),
    ],
    [
      "overlap-device.svg",
      renderMap(overlapExample(true), { title: "B answers itself where D and E are not" }),
    ],
    ["pc-example.svg", renderMap(pcExample(), { title: "A simplified PC" })],
    ["wide.svg", renderMap(wideExample(), { title: "64 bits of addresses" })],
    [
      "pc-before-shadow.svg",
      renderMap(freshPc().memory, { ...shadow, title: "The PC at power-on" }),
    ],
    [
      "pc-after-shadow.svg",
      renderMap(bootedPc().memory, { ...shadow, title: "The PC when its firmware has run" }),
    ],
  ]);
}
