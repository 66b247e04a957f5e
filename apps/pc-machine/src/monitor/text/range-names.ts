/** Ranges of devices by name: `isa-serial`, an ID, or one of several as `VGA:vga.mmio`. */
import { hex } from "@mem/flat";

import type { PluggedDevice } from "../../device/plugged.js";
import type { DeviceRange } from "../../device/windows/range.js";

/** The ranges that `name` means: of a device, or one of its. Empty when it names none. */
export function rangesNamed(
  devices: readonly PluggedDevice[],
  name: string,
): readonly DeviceRange[] {
  const colon = name.indexOf(":");
  const device = colon < 0 ? name : name.slice(0, colon);
  const range = colon < 0 ? null : name.slice(colon + 1);
  return devices
    .filter(({ id, definition }) => id === device || definition.name === device)
    .flatMap(({ ranges }) => ranges.filter((one) => range === null || one.name === range));
}

/** Every name that {@link rangesNamed} knows. */
export function rangeNames(devices: readonly PluggedDevice[]): readonly string[] {
  const names = devices.flatMap(({ id, definition, ranges }) => {
    const name = id ?? definition.name;
    return ranges.length < 2 ? [name] : [name, ...ranges.map((range) => `${name}:${range.name}`)];
  });
  return [...new Set(names)];
}

/** A range in a line: device, name, place, and what was counted. */
export function rangeLine({ id, definition }: PluggedDevice, range: DeviceRange): string {
  const { place, isCounting, counts } = range;
  const where = place === null ? "not mapped" : `${hex(place.first)}-${hex(place.last)}`;
  const { reads, writes, failed } = counts;
  const counted = isCounting ? ` [${reads} reads, ${writes} writes, ${failed} failed]` : "";
  return `${id ?? definition.name}:${range.name} ${range.space.name} ${where}${counted}`;
}
