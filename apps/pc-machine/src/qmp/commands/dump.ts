/** Commands that write the guest's memory into core files. */
import { DumpError } from "../../dump/guest-dump.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";

const FORMATS = ["elf", "kdump-zlib", "kdump-lzo", "kdump-snappy", "win-dmp"] as const;
const STATUS = qmp.enumeration(["none", "active", "completed", "failed"]);

/** The file of a `protocol`. @throws QmpError where it is none */
function pathOf(protocol: string): string {
  if (protocol.startsWith("file:")) return protocol.slice("file:".length);
  if (protocol.startsWith("fd:")) {
    throw new QmpError(
      `File descriptor named '${protocol.slice("fd:".length)}' has not been found`,
    );
  }
  throw new QmpError("Invalid parameter 'protocol'");
}

/** The part of memory that is asked for. @throws QmpError where one of the two is missing */
function partOf(
  begin: number | undefined,
  length: number | undefined,
): { readonly part?: { readonly begin: bigint; readonly length: bigint } } {
  if (begin === undefined && length === undefined) return {};
  if (begin === undefined) throw new QmpError("Parameter 'begin' is missing");
  if (length === undefined) throw new QmpError("Parameter 'length' is missing");
  return { part: { begin: BigInt(begin), length: BigInt(length) } };
}

/** The commands. */
export const dumpCommands = [
  command({
    name: "dump-guest-memory",
    members: {
      paging: qmp.bool,
      protocol: qmp.str,
      detach: qmp.optional(qmp.bool),
      begin: qmp.optional(qmp.int),
      length: qmp.optional(qmp.int),
      format: qmp.optional(qmp.enumeration(FORMATS)),
    },
    returns: EMPTY,
    run: ({ dumps }, { paging, protocol, begin, length, format = "elf" }) => {
      if (format !== "elf" && (paging || begin !== undefined || length !== undefined)) {
        throw new QmpError("kdump-compressed format doesn't support paging or filter");
      }
      const part = partOf(begin, length);
      if (format !== "elf") throw new QmpError(`${format} is not available now`);
      const path = pathOf(protocol);
      try {
        dumps.write(path, { paging, ...part });
      } catch (error) {
        if (!(error instanceof DumpError)) throw error;
        throw new QmpError(error.message);
      }
    },
  }),
  command({
    name: "query-dump",
    members: {},
    returns: qmp.object({ status: STATUS, completed: qmp.int, total: qmp.int }),
    run: ({ dumps }) => dumps.status,
  }),
  command({
    name: "query-dump-guest-memory-capability",
    members: {},
    returns: qmp.object({ formats: qmp.array(qmp.enumeration(FORMATS)) }),
    run: () => ({ formats: ["elf"] }),
  }),
];
