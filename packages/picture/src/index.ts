/// <reference lib="esnext.disposable" preserve="true" />
/** Pictures of memory maps: the region tree beside the flat view, as data and as SVG. */
export type { PictureKind } from "./kinds.js";
export { layoutMap } from "./layout/layout-map.js";
export type {
  AddressRow,
  AddressSpan,
  MapColumn,
  FlatBox,
  MapArrow,
  MapBox,
  MapLayout,
  MapPanel,
  Rect,
  MapSegment,
  MapSegmentState,
  TextLine,
} from "./layout/map-layout.js";
export { type Colours, type LayoutOptions, type MapOptions, PictureError } from "./map-options.js";
export { renderMap } from "./render-map.js";
export { writeSvg } from "./svg/svg.js";
