/** `info snapshots`: the snapshots that images hold, in words. */
import type { BlockGraph } from "../../block/block-graph.js";
import type { ImageSnapshot } from "../../block/block-node.js";
import { nameOf } from "../../block/block-control.js";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const KIB = 1024;
const DIGITS = 3;
const WIDTH = { ID: 10, TAG: 17, SIZE: 8, DATE: 20, CLOCK: 13, ICOUNT: 11 } as const;
const MILLION = 1e6;

/** A table of snapshots, with its heading. */
export function snapshotLines(snapshots: readonly ImageSnapshot[]): string[] {
  return [
    line("ID", "TAG", "VM SIZE", "DATE", "VM CLOCK", "ICOUNT"),
    ...snapshots.map((one) =>
      line(
        one.id,
        one.name,
        sizeText(one.stateSize),
        dateText(one.seconds),
        clockText(one.clock),
        `${one.icount ?? ""}`,
      ),
    ),
  ];
}

/** Snapshots that all images hold, and those that only some do. */
export function snapshotsText(graph: BlockGraph): string {
  const disks = graph.drives.flatMap((drive) => {
    const { node } = drive;
    const snapshots = node === null || node.image.readonly ? undefined : node.details?.snapshots;
    return snapshots === undefined ? [] : [{ name: nameOf(drive), snapshots }];
  });
  const [first] = disks;
  if (first === undefined) return "no block device can store vmstate for snapshot\n";
  const isWhole = ({ name }: ImageSnapshot): boolean =>
    disks.every(({ snapshots }) => snapshots.some((one) => one.name === name));
  const whole = first.snapshots.filter(isWhole);
  const partial = disks.flatMap(({ name, snapshots }) => {
    const some = snapshots.filter((one) => !isWhole(one));
    return some.length === 0 ? [] : [{ name, some }];
  });
  if (whole.length + partial.length === 0) return "There is no snapshot available.\n";
  const lines = [
    "List of snapshots present on all disks:",
    // Those of one disk have other numbers on others.
    ...(whole.length === 0 ? ["None"] : snapshotLines(whole.map((one) => ({ ...one, id: "--" })))),
    ...partial.flatMap(({ name, some }) => [
      "",
      `List of partial (non-loadable) snapshots on '${name}':`,
      ...snapshotLines(some),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Bytes with the unit that leaves three digits. */
export function sizeText(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.floor(Math.log2(bytes) / Math.log2(KIB));
  const unit = UNITS[Math.min(power, UNITS.length - 1)] ?? "B";
  return `${Number((bytes / KIB ** power).toPrecision(DIGITS))} ${unit}`;
}

function line(
  id: string,
  tag: string,
  size: string,
  date: string,
  clock: string,
  icount: string,
): string {
  return (
    id.padEnd(WIDTH.ID) +
    tag.padEnd(WIDTH.TAG) +
    size.padStart(WIDTH.SIZE) +
    date.padStart(WIDTH.DATE) +
    clock.padStart(WIDTH.CLOCK) +
    icount.padStart(WIDTH.ICOUNT)
  );
}

/** A time as the host's clock on the wall has it. */
function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

function clockText({ seconds, nanoseconds }: ImageSnapshot["clock"]): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${text}.${String(Math.floor(nanoseconds / MILLION)).padStart(3, "0")}`;
}
