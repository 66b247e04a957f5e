/** `x`, `xp`, `print` and `explain`: memory and values. */
import { type AddressSpace, explain, MemTxResult, untraced } from "@mem/flat";

import type { ControlledMachine } from "../../board/controlled-machine.js";
import { eachPage, physicalAddress } from "../../board/memory/linear-memory.js";
import type { Command, CommandContext } from "../command.js";
import { codeLines } from "../text/code-text.js";
import { dumpLines, type ReadMemory } from "../text/dump.js";
import { formatValue, takeFormat } from "../text/dump-format.js";
import { evaluate } from "../expression.js";
import { MonitorError } from "../monitor-error.js";
import { chosenCpu, needCpu } from "../parts.js";
import { registerNames, registerValue } from "../text/registers.js";

const LINEAR_DIGITS = 8;
const PHYSICAL_DIGITS = 16;

/** The value of all of `text`. @throws MonitorError when something follows it */
function valueOf(context: CommandContext, text: string, command: string): bigint {
  const { value, rest } = evaluate(text, (name) => registerValue(chosenCpu(context), name));
  if (rest !== "") {
    throw new MonitorError(`${command}: extraneous characters at the end of line`);
  }
  return value;
}

type Read = (context: CommandContext, address: bigint, into: Uint8Array) => boolean;

/** Read by physical address. */
function readPhysical({ target }: CommandContext, address: bigint, into: Uint8Array): boolean {
  return target.pc.memory.read(address, into) === MemTxResult.OK;
}

/** Read by linear address. */
function readLinear(context: CommandContext, address: bigint, into: Uint8Array): boolean {
  const cpu = needCpu(context);
  const missing = eachPage(
    address,
    into.length,
    (linear) => physicalAddress(cpu, linear),
    (physical, from, to) => readPhysical(context, physical, into.subarray(from, to)),
  );
  return missing === null;
}

/** Registers as expressions name them. */
function registers(context: CommandContext): readonly string[] {
  return registerNames(chosenCpu(context)).map((name) => `$${name}`);
}

function dumpCommand(name: "x" | "xp", help: string, digits: number, read: Read): Command {
  return {
    names: [name],
    parameters: "/fmt addr",
    help,
    complete: registers,
    run: (context, argument) => {
      const { pc } = context.target;
      const { format, rest } = takeFormat(argument, context.dump);
      const address = valueOf(context, rest, name);
      const quietly: ReadMemory = (at, into) => untraced(pc.machine, () => read(context, at, into));
      const lines =
        format.format === "i"
          ? codeLines(address, format.count, chosenCpu(context)?.codeBits ?? 32, quietly)
          : dumpLines(address, format, digits, quietly);
      for (const line of lines) {
        context.print(`${line}\n`);
      }
    },
  };
}

/**
 * The address space that is meant, and what follows: `-p` or `io` in front means the I/O ports.
 * @throws MonitorError for an option there is not
 */
function takeSpace(pc: ControlledMachine, argument: string): { space: AddressSpace; rest: string } {
  const [, word = "", rest = ""] = /^(-[a-z]+|[a-z]+)(?:\s+(.*))?$/i.exec(argument) ?? [];
  if (word === "-p" || word === "io") {
    return { space: pc.io, rest };
  }
  if (word.startsWith("-")) {
    throw new MonitorError(`explain: unsupported option ${word}`);
  }
  return { space: pc.memory, rest: argument };
}

/** The commands on memory and values. */
export const memoryCommands: readonly Command[] = [
  dumpCommand("x", "virtual memory dump starting at 'addr'", LINEAR_DIGITS, readLinear),
  dumpCommand("xp", "physical memory dump starting at 'addr'", PHYSICAL_DIGITS, readPhysical),
  {
    names: ["print", "p"],
    parameters: "/fmt expr",
    help: "print expression value (use $reg for CPU register access)",
    complete: registers,
    run: (context, argument) => {
      const { format, rest } = takeFormat(argument, context.dump);
      const value = valueOf(context, rest, "print|p");
      const shown =
        format.format === "x"
          ? `0x${value.toString(16)}`
          : formatValue(value, format.format, 8).trim();
      context.print(`${shown}\n`);
    },
  },
  {
    names: ["explain"],
    parameters: "[-p|io] addr",
    help: "tell why a physical address, or an I/O port (-p or io), lands where it does",
    complete: (context) => ["-p", "io", ...registers(context)],
    run: (context, argument) => {
      const { space, rest } = takeSpace(context.target.pc, argument);
      context.print(`${String(explain(space, valueOf(context, rest, "explain")))}\n`);
    },
  },
];
