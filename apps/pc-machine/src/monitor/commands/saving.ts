/** Commands that write files, and the order of boot devices. */
import { physicalAddress } from "../../board/memory/linear-memory.js";
import { MOST_SAVED_BYTES, savedMemory } from "../../board/memory/saved-memory.js";
import { DumpError, type DumpRequest } from "../../dump/guest-dump.js";
import { evaluate } from "../expression.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { chosenCpu, needBoard, needCpu } from "../parts.js";
import { registerValue } from "../text/registers.js";

const PLACE_AND_FILE = /^(.*?\S)\s+(?:"([^"]+)"|(\S+))$/;
const BOOT_LETTERS = /^[acdn]{1,3}$/;

/** Save memory; the words are an address, a size and a file. */
function save(
  context: CommandContext,
  argument: string,
  command: string,
  place: (address: bigint) => bigint | null,
): void {
  const valueOf = (name: string): bigint | null => registerValue(chosenCpu(context), name);
  // The file comes off first: a slash would divide the size.
  const [, values = "", quoted, bare] = PLACE_AND_FILE.exec(argument) ?? [];
  const file = quoted ?? bare ?? "";
  const address = evaluate(values, valueOf);
  if (address.rest === "") throw new MonitorError(`${command}: string expected`);
  const size = evaluate(address.rest, valueOf);
  if (size.rest !== "") throw new MonitorError(`${command}: extraneous characters after the size`);
  if (size.value > BigInt(MOST_SAVED_BYTES)) throw new MonitorError(`${command}: 4 GiB at most`);
  const { pc, writeFile } = context.target;
  const bytes = savedMemory(pc, BigInt.asUintN(64, address.value), Number(size.value), place);
  if (typeof bytes === "bigint") {
    const shown = bytes.toString(16).padStart(16, "0");
    context.print(`Error: Invalid addr 0x${shown}/size ${size.value} specified\n`);
    return;
  }
  const trouble = writeFile === undefined ? "there are no files here" : writeFile(file, [bytes]);
  if (trouble !== null) context.print(`Error: Could not open '${file}': ${trouble}\n`);
}

const DUMP = "dump-guest-memory";
/** Letters of the formats that are not ELF, which no other program here can read. */
const DUMP_FORMATS = /^[zlsw]$/;

/** The options before the file: pages at their linear addresses, and whether to go on meanwhile. */
function dumpOptions(argument: string): { readonly paging: boolean; readonly rest: string } {
  let rest = argument;
  let paging = false;
  for (;;) {
    const [whole = "", letter = ""] = /^-(\S*)\s*/.exec(rest) ?? [];
    if (whole === "") return { paging, rest };
    if (DUMP_FORMATS.test(letter)) {
      throw new MonitorError(`${DUMP}: -${letter}: there is no other format than ELF`);
    }
    // The dump is written at once, whether or not somebody waits for it.
    if (letter !== "p" && letter !== "d") {
      throw new MonitorError(`${DUMP}: unsupported option -${letter}`);
    }
    paging ||= letter === "p";
    rest = rest.slice(whole.length);
  }
}

function dump(context: CommandContext, argument: string): void {
  const { paging, rest } = dumpOptions(argument);
  const [whole = "", quoted, bare] = /^(?:"([^"]+)"|(\S+))\s*/.exec(rest) ?? [];
  const file = quoted ?? bare;
  if (file === undefined) throw new MonitorError(`${DUMP}: filename expected`);
  const { dumps } = context.target;
  if (dumps === undefined) throw new MonitorError("there are no files here", { usage: false });
  try {
    dumps.write(file, { paging, ...dumpPart(context, rest.slice(whole.length)) });
  } catch (error) {
    if (!(error instanceof DumpError)) throw error;
    context.print(`Error: ${error.message}\n`);
  }
}

/** Begin and length, both or neither. */
function dumpPart(context: CommandContext, words: string): Pick<DumpRequest, "part"> {
  if (words === "") return {};
  const valueOf = (name: string): bigint | null => registerValue(chosenCpu(context), name);
  const begin = evaluate(words, valueOf);
  if (begin.rest === "") throw new DumpError("Parameter 'length' is missing");
  const length = evaluate(begin.rest, valueOf);
  if (length.rest !== "") throw new MonitorError(`${DUMP}: extraneous characters after the length`);
  return { part: { begin: begin.value, length: length.value } };
}

function setBootOrder({ target, print }: CommandContext, argument: string): void {
  if (!BOOT_LETTERS.test(argument) || new Set(argument).size !== argument.length) {
    print("Error: Invalid boot device: up to three of a (floppy), c (disk), d (CD), n (network)\n");
    return;
  }
  needBoard(target).setBootOrder(argument);
  print(`boot device list now set to ${argument}\n`);
}

/** The commands. */
export const savingCommands: readonly Command[] = [
  {
    names: ["memsave"],
    parameters: "addr size file",
    help: "save to disk virtual memory dump starting at 'addr' of size 'size'",
    run: (context, argument) => {
      const cpu = needCpu(context);
      save(context, argument, "memsave", (address) => physicalAddress(cpu, address));
    },
  },
  {
    names: ["pmemsave"],
    parameters: "addr size file",
    help: "save to disk physical memory dump starting at 'addr' of size 'size'",
    run: (context, argument) => save(context, argument, "pmemsave", (address) => address),
  },
  {
    names: [DUMP],
    parameters: "[-p] [-d] filename [begin length]",
    help:
      "dump guest memory into file 'filename', for gdb and crash; " +
      "-p: do paging to get guest's memory mapping; -d: return immediately",
    run: dump,
  },
  {
    names: ["boot_set"],
    parameters: "bootdevice",
    help: "define new values for the boot device list",
    run: setBootOrder,
  },
];
