/** Snapshots within an image: they stay as they are, and so does what they use. */
import type { BlockBackend } from "../../../storage/block-backend.js";
import type { ImageSnapshot } from "../../block-node.js";
import { bytesAt, number, refuse } from "./fields.js";

/** Fields of an entry of the table. */
const Field = {
  L1_OFFSET: 0,
  L1_ENTRIES: 8,
  ID_SIZE: 12,
  NAME_SIZE: 14,
  SECONDS: 16,
  NANOSECONDS: 20,
  CLOCK: 24,
  STATE_SIZE: 32,
  EXTRA_SIZE: 36,
  BYTES: 40,
} as const;
const Extra = { STATE_SIZE: 0, ICOUNT: 16, BYTES: 24 } as const;
const MOST_SNAPSHOTS = 65_536;
const MOST_EXTRA = 1024;
const MOST_L1_ENTRIES = 2 ** 22;
const MOST_TABLE_BYTES = 2 ** 26;
const NANOSECONDS = 1_000_000_000n;

/** A snapshot, and where its table of tables is. */
export interface Snapshot extends ImageSnapshot {
  readonly l1Offset: number;
  readonly l1Entries: number;
}

/** The snapshots, and where their table is. */
export interface SnapshotTable {
  readonly offset: number;
  readonly bytes: number;
  readonly snapshots: readonly Snapshot[];
}

/** Read the table of `count` snapshots at `offset`. @throws BlockError when it is none */
export function readSnapshots(
  image: BlockBackend,
  { count, offset, clusterBytes }: { count: number; offset: number; clusterBytes: number },
): SnapshotTable {
  if (count > MOST_SNAPSHOTS) throw refuse("Snapshot table too large");
  if (count > 0 && (offset === 0 || offset % clusterBytes !== 0)) {
    throw refuse("Snapshot table offset invalid");
  }
  const snapshots: Snapshot[] = [];
  let at = offset;
  while (snapshots.length < count) {
    const { snapshot, bytes } = readOne(image, at);
    if (snapshot.l1Entries > MOST_L1_ENTRIES) throw refuse("Snapshot L1 table too large");
    if (snapshot.l1Offset % clusterBytes !== 0) throw refuse("Snapshot L1 table offset invalid");
    snapshots.push(snapshot);
    at += bytes;
    if (at - offset > MOST_TABLE_BYTES) throw refuse("Snapshot table is too big");
  }
  return { offset, bytes: at - offset, snapshots };
}

function readOne(image: BlockBackend, at: number): { snapshot: Snapshot; bytes: number } {
  const head = new DataView(bytesAt(image, at, Field.BYTES).buffer);
  const idSize = head.getUint16(Field.ID_SIZE);
  const nameSize = head.getUint16(Field.NAME_SIZE);
  const extraSize = head.getUint32(Field.EXTRA_SIZE);
  if (extraSize > MOST_EXTRA) throw refuse("Too much extra metadata in snapshot table entry");
  const length = Field.BYTES + extraSize + idSize + nameSize;
  const whole = bytesAt(image, at, length);
  const extra = new DataView(whole.buffer, Field.BYTES, extraSize);
  const names = whole.subarray(Field.BYTES + extraSize);
  const clock = head.getBigUint64(Field.CLOCK);
  const big = extraSize >= Extra.STATE_SIZE + 8 ? extra.getBigUint64(Extra.STATE_SIZE) : null;
  const icount = extraSize >= Extra.BYTES ? extra.getBigUint64(Extra.ICOUNT) : null;
  const decoder = new TextDecoder();
  const snapshot: Snapshot = {
    id: decoder.decode(names.subarray(0, idSize)),
    name: decoder.decode(names.subarray(idSize)),
    l1Offset: number(head, Field.L1_OFFSET, "Snapshot L1 table offset invalid"),
    l1Entries: head.getUint32(Field.L1_ENTRIES),
    seconds: head.getUint32(Field.SECONDS),
    nanoseconds: head.getUint32(Field.NANOSECONDS),
    clock: { seconds: Number(clock / NANOSECONDS), nanoseconds: Number(clock % NANOSECONDS) },
    stateSize: Number(big ?? head.getUint32(Field.STATE_SIZE)),
    ...(icount === null || BigInt.asIntN(64, icount) < 0n ? {} : { icount: Number(icount) }),
  };
  return { snapshot, bytes: Math.ceil(length / 8) * 8 };
}
