/** The programs to begin with. */
/* oxlint-disable import/default -- with `?raw`, the text of a file is what it exports */
import banks from "./banks.js?raw";
import firstMap from "./first-map.js?raw";
import iommu from "./iommu.js?raw";
import mmio from "./mmio.js?raw";
import overlap from "./overlap.js?raw";
import overlapDevice from "./overlap-device.js?raw";
import shadow from "./shadow.js?raw";

/** A program, and what it is called. */
export interface Lesson {
  /** The name in links. */
  readonly id: string;
  readonly title: string;
  readonly program: string;
}

/** In the order in which they build on each other. */
export const lessons: readonly Lesson[] = [
  { id: "first-map", title: "A first map", program: firstMap },
  { id: "overlap", title: "Overlap, A to E", program: overlap },
  { id: "overlap-device", title: "Overlap, B a device", program: overlapDevice },
  { id: "banks", title: "Banks of a console", program: banks },
  { id: "shadow", title: "A BIOS in RAM", program: shadow },
  { id: "mmio", title: "Rules of MMIO", program: mmio },
  { id: "iommu", title: "An IOMMU", program: iommu },
];
