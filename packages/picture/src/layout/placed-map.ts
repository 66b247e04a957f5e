import { hex } from "@mem/core";
import { dataOf, Inspectable, type Summary } from "@mem/flat/plumbing";
import type {
  AddressSpan,
  MapColumn,
  FlatBox,
  MapArrow,
  MapLayout,
  MapPanel,
} from "./map-layout.js";

/** A map that was laid out, as data that `console.log` shows in short. */
export class PlacedMap extends Inspectable implements MapLayout {
  declare readonly title: string;
  declare readonly subtitle: string;
  declare readonly width: number;
  declare readonly height: number;
  declare readonly window: AddressSpan;
  declare readonly panels: readonly MapPanel[];
  declare readonly flat: readonly FlatBox[];
  declare readonly flatColumn: MapColumn;
  declare readonly arrows: readonly MapArrow[];
  declare readonly description: string;

  constructor(parts: Omit<MapLayout, "toJSON">) {
    super();
    Object.assign(this, parts);
  }

  protected override summarize(): Summary {
    const { arrows, flat, height, panels, title, width } = this;
    const boxes = panels.reduce((sum, panel) => sum + panel.boxes.length, 0);
    return {
      kind: "MapLayout",
      name: title,
      facts: [`${width} x ${height} pixels`, `${boxes} box(es)`, `${arrows.length} arrow(s)`],
      lines: () => flat.map(({ description }) => description),
      total: flat.length,
    };
  }

  toJSON(): object {
    const { arrows, flat, height, panels, subtitle, title, width } = this;
    return {
      title,
      subtitle,
      width,
      height,
      panels: dataOf(panels, ({ boxes, root }) => ({
        root: root.name,
        boxes: dataOf(
          boxes,
          ({ description, end, height: high, name, start, width: wide, x, y }) => {
            return {
              name,
              start: hex(start),
              end: hex(end),
              x,
              y,
              width: wide,
              height: high,
              description,
            };
          },
        ),
      })),
      flat: dataOf(flat, ({ description, end, height: high, start, width: wide, x, y }) => {
        return { start: hex(start), end: hex(end), x, y, width: wide, height: high, description };
      }),
      arrows: dataOf(arrows, ({ description }) => description),
    };
  }
}
