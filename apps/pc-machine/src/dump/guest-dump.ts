/** Dumps of the guest's memory into core files for debuggers: `dump-guest-memory`. */
import { untraced } from "@mem/flat";
import { MemError } from "@mem/qom";

import type { ControlledMachine } from "../board/controlled-machine.js";
import { mappedPages } from "../board/memory/page-tables.js";
import { concatBytes } from "../host/bytes.js";
import { coreHead, type CoreSegmentPlace, MOST_SEGMENTS } from "./core-file.js";
import { stateNote, statusNote } from "./core-notes.js";
import { CoreRegisters } from "./core-registers.js";
import { mappedPieces, memoryPieces, piecesWithin, type PhysicalPiece } from "./memory-pieces.js";

/** A dump that cannot be made; the message is QEMU's where it has one. Rule `dump`. */
export class DumpError extends MemError {
  static override readonly name: string = "DumpError";

  constructor(message: string) {
    super(message, { rule: "dump" });
  }
}

/** Contents of a dump. */
export interface DumpRequest {
  /** True for the pages that processors have mapped, at their linear addresses; else all memory. */
  readonly paging: boolean;
  /** Part of physical memory, in bytes; absent: all of it. */
  readonly part?: { readonly begin: bigint; readonly length: bigint };
}

/** A dump, ready to be written. */
export interface GuestDump {
  /** Bytes of memory in it. */
  readonly bytes: number;
  /** Its contents, in order; memory is read as they are asked for. */
  readonly parts: Iterable<Uint8Array>;
}

/** Bytes of memory that are read at once. */
const CHUNK = 2 ** 20;

/**
 * Describe a dump of `pc`, which must not run until it is written.
 * @throws DumpError for a machine without processors, a part without memory, or too many pieces
 */
export function dumpOf(pc: ControlledMachine, { paging, part }: DumpRequest): GuestDump {
  const { board } = pc;
  if (board === null) throw new DumpError("this feature or command is not currently supported");
  const all = memoryPieces(pc.memory);
  const pieces = part === undefined ? all : piecesWithin(all, part.begin, part.length);
  if (pieces.length === 0) throw new DumpError("dump: no guest memory to dump");
  const cpus = board.processors.all;
  const registers = cpus.map((cpu) => new CoreRegisters(cpu));
  const segments = paging ? linearSegments(pc, pieces) : physicalSegments(pieces);
  if (segments.length >= MOST_SEGMENTS) {
    throw new DumpError(
      `${segments.length} pieces of memory: a file has ${MOST_SEGMENTS - 1} at most`,
    );
  }
  const isLong = registers[0]?.isLong === true;
  const notes = concatBytes([
    ...registers.map((one, number) => statusNote(one, number)),
    ...registers.map((one) => stateNote(one)),
  ]);
  const head = coreHead(isLong, segments, notes);
  return {
    bytes: Number(segments.reduce((sum, { bytes }) => sum + bytes, 0n)),
    parts: contents(pc, head, segments),
  };
}

/** Each piece where it is: nothing is said of linear addresses but that they are the same. */
function physicalSegments(pieces: readonly PhysicalPiece[]): readonly CoreSegmentPlace[] {
  return pieces.map(({ physical, bytes }) => ({ linear: physical, physical, bytes }));
}

/** Pages of the first processor that translates addresses; where none does, memory as it lies. */
function linearSegments(
  pc: ControlledMachine,
  pieces: readonly PhysicalPiece[],
): readonly CoreSegmentPlace[] {
  const read = (address: bigint, into: Uint8Array): void => {
    untraced(pc.machine, () => pc.memory.read(address, into));
  };
  for (const cpu of pc.board?.processors.all ?? []) {
    const pages = mappedPages(cpu, read);
    if (pages !== null) return mappedPieces(pieces, pages);
  }
  return physicalSegments(pieces);
}

function* contents(
  { machine, memory }: ControlledMachine,
  head: Uint8Array,
  segments: readonly CoreSegmentPlace[],
): Iterable<Uint8Array> {
  yield head;
  for (const { physical, bytes } of segments) {
    for (let done = 0n; done < bytes; done += BigInt(CHUNK)) {
      const left = bytes - done;
      const chunk = new Uint8Array(left < CHUNK ? Number(left) : CHUNK);
      untraced(machine, () => memory.read(physical + done, chunk));
      yield chunk;
    }
  }
}
