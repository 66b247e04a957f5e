/** From an address space to a picture that can be sent to another thread. */
import type { AddressSpace, MemoryRegion } from "@mem/flat";
import { layoutMap, writeSvg } from "@mem/picture";
import type { BoxView, FlatView, MapFrame, MapWindow } from "./protocol.js";

/** Options of a picture. */
export interface FrameOptions {
  readonly name: string;
  readonly window: MapWindow | null;
  readonly maxWidth: number | null;
  readonly hidden: boolean;
  /** A number for each region, the same for as long as it lives. */
  readonly idOf: (region: MemoryRegion) => number;
}

/** The picture, and where in it is what. @throws PictureError for what cannot be drawn */
export function frameOf(space: AddressSpace, options: FrameOptions): MapFrame {
  const { window, maxWidth, idOf } = options;
  const layout = layoutMap(space, {
    title: options.name,
    showHidden: options.hidden,
    ...(maxWidth === null ? {} : { maxWidth }),
    ...(window === null
      ? {}
      : { window: { start: BigInt(window.start), end: BigInt(window.last) + 1n } }),
  });
  const svg = writeSvg(layout, { legend: true });
  const drawnHeight = Number(/height="(\d+)"/.exec(svg)?.[1] ?? layout.height);
  const times = new Map<string, number>();
  const unique = (key: string): string => {
    const time = times.get(key) ?? 0;
    times.set(key, time + 1);
    return `${key}/${time}`;
  };
  const flat: FlatView[] = layout.flat.map(
    ({ range, kind, start, end, description, ...place }) => ({
      ...placeOf(place),
      key: unique(range === null ? "hole" : `${idOf(range.region)}+${range.offset}`),
      region: range === null ? null : idOf(range.region),
      name: range === null ? "(nothing)" : rangeName(range),
      kind,
      start: hex(start),
      last: hex(end - 1n),
      size: description.slice(description.lastIndexOf(", ") + 2),
      description,
    }),
  );
  const boxes: BoxView[] = layout.panels.flatMap((panel, at) =>
    panel.boxes.map((box) => ({
      ...placeOf({ ...box, width: box.ownWidth }),
      key: unique(`${at}:${idOf(box.region)}`),
      region: idOf(box.region),
      name: box.name,
      kind: box.kind,
      depth: box.depth,
      isMain: panel.isMain,
      priority: box.priority,
      start: hex(box.start),
      last: hex(box.end - 1n),
      isSeen: box.segments.some(({ state }) => state === "seen"),
      description: box.description,
    })),
  );
  const { title, width } = layout;
  const part = window === null ? "" : `${window.start} ${window.last}`;
  return { space: options.name, part, title, svg, width, height: drawnHeight, flat, boxes };
}

function placeOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return { x, y, width, height };
}

function rangeName({ region, offset }: { region: MemoryRegion; offset: bigint }): string {
  const name = region.name === "" ? "(anonymous)" : region.name;
  return offset === 0n ? name : `${name} +${hex(offset)}`;
}

/** A number as programs write addresses; a negative one keeps its sign. */
export function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
