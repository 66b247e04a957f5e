/** Commands of `qemu-io` that monitors offer: breakpoints of fault injection, and plain accesses. */
import { SECTOR_BYTES } from "../storage/block-backend.js";
import { parseSize } from "../text/size.js";
import type { BlockDrive } from "./block-drive.js";
import type { BlockNode } from "./block-node.js";
import { BlockdevError } from "./errors.js";
import { FaultImage } from "./fault-image.js";
import type { FaultRules } from "./fault-rules.js";

/** Bytes of an access at most. */
const MOST_BYTES = 2 ** 24;

/** Do a command on a drive. @returns what it prints @throws BlockdevError when it cannot be done */
export function ioCommand(drive: BlockDrive, text: string): string {
  const [command = "", ...rest] = text.trim().split(/\s+/);
  const { node } = drive;
  if (node === null) throw new BlockdevError("No medium found");
  switch (command) {
    case "break": {
      const [event = "", tag = ""] = rest;
      if (!rulesOf(node).breakAt(event, tag)) {
        throw new BlockdevError(`Could not set a breakpoint: no event '${event}'`);
      }
      return "";
    }
    case "resume":
      return rulesOf(node).resume(rest[0] ?? "")
        ? ""
        : `Could not resume request: No such file or directory\n`;
    case "flush":
      drive.flush();
      return "";
    case "length":
      return `${node.image.sectors * SECTOR_BYTES}\n`;
    case "read":
    case "write":
      return access(drive, command, rest);
    default:
      throw new BlockdevError(`command "${command}" not found`);
  }
}

function rulesOf(node: BlockNode): FaultRules {
  const { image } = node;
  if (image instanceof FaultImage) return image.rules;
  const [beneath] = node.children;
  if (beneath === undefined) {
    throw new BlockdevError("Could not set a breakpoint: Operation not supported");
  }
  return rulesOf(beneath);
}

/** `read [-P PATTERN] OFFSET LENGTH`, and `write` likewise: whole sectors. */
function access(drive: BlockDrive, command: "read" | "write", words: readonly string[]): string {
  const at = words.indexOf("-P");
  const pattern = at < 0 ? null : Number(words[at + 1]);
  const numbers = words.filter((_word, index) => at < 0 || (index !== at && index !== at + 1));
  const [offset, length] = numbers.map((word) => parseSize(word, "B"));
  const isSectors = (value: number | null | undefined): value is number =>
    typeof value === "number" && value % SECTOR_BYTES === 0;
  if (!isSectors(offset) || !isSectors(length) || length > MOST_BYTES) {
    throw new BlockdevError(`${command}: an offset and a length in whole sectors expected`);
  }
  const bytes = new Uint8Array(length);
  const lba = offset / SECTOR_BYTES;
  if (command === "write") {
    drive.write(lba, bytes.fill(pattern ?? 0xcd));
    return `wrote ${length}/${length} bytes at offset ${offset}\n`;
  }
  drive.read(lba, bytes);
  const differs = pattern !== null && bytes.some((byte) => byte !== pattern);
  const report = `read ${length}/${length} bytes at offset ${offset}\n`;
  return differs ? `Pattern verification failed at offset ${offset}, ${length} bytes\n` : report;
}
