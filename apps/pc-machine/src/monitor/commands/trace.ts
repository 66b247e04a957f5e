/** `trace`, `break` and `delete`: what the guest accesses, as it does so. */
import type { AccessType, AddressSpace } from "@mem/flat";

import { rangeText } from "../text/access-text.js";
import type { ControlledMachine } from "../../board/controlled-machine.js";
import type { DeviceRange } from "../../device/windows/range.js";
import { didYouMean } from "../../text/nearest.js";
import { rangeNames, rangesNamed } from "../text/range-names.js";
import type { Command, CommandContext } from "../command.js";
import { evaluate } from "../expression.js";
import { MonitorError } from "../monitor-error.js";
import type { AddressRange } from "../text/range-set.js";
import { registerValue } from "../text/registers.js";

const LAST_ADDRESS = 2n ** 64n - 1n;
const LAST_PORT = 0xffffn;
const TYPES: Readonly<Record<string, AccessType>> = { r: "read", w: "write", x: "fetch" };

/** The arguments of a command: flags, then words. */
interface Arguments {
  readonly pc: ControlledMachine;
  readonly space: AddressSpace;
  readonly isPorts: boolean;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
}

/** @throws MonitorError for a flag that is not `-p` or one of `others` */
function take(
  context: CommandContext,
  argument: string,
  name: string,
  others: readonly string[] = [],
): Arguments {
  const all = argument.split(/\s+/).filter((word) => word !== "");
  const flags = new Set(all.filter((word) => /^-[a-z]/i.test(word)));
  for (const flag of flags) {
    if (flag !== "-p" && !others.includes(flag)) {
      throw new MonitorError(`${name}: unsupported option ${flag}`);
    }
  }
  const isPorts = flags.has("-p");
  const { pc } = context.target;
  const words = all.filter((word) => !flags.has(word));
  return { pc, space: isPorts ? pc.io : pc.memory, isPorts, flags, words };
}

function numberOf(text: string, { cpu }: ControlledMachine, name: string): bigint {
  const { value, rest } = evaluate(text, (register) => registerValue(cpu, register));
  if (rest !== "") {
    throw new MonitorError(`${name}: '${text}' is no number`);
  }
  return value;
}

/** `FIRST-LAST` or one address; everything where nothing is given. */
function rangeOf(text: string | undefined, { pc, isPorts }: Arguments, name: string): AddressRange {
  const highest = isPorts ? LAST_PORT : LAST_ADDRESS;
  if (text === undefined) {
    return { first: 0n, last: highest };
  }
  const [from = "", to = from, ...more] = text.split("-");
  if (more.length > 0) {
    throw new MonitorError(`${name}: '${text}' is no range`);
  }
  const first = numberOf(from, pc, name);
  const last = numberOf(to, pc, name);
  if (last < first || last > highest) {
    throw new MonitorError(`${name}: '${text}' is no range of ${isPorts ? "ports" : "addresses"}`);
  }
  return { first, last };
}

/** True if `text` is a device's name, and no number or register. */
function isName(text: string): boolean {
  return /^[a-z][\w.:-]*$/i.test(text);
}

/** @throws MonitorError when no device has the name */
function namedRanges(pc: ControlledMachine, name: string, command: string): readonly DeviceRange[] {
  const ranges = rangesNamed(pc.devices, name);
  if (ranges.length === 0) {
    const hint = didYouMean(name, rangeNames(pc.devices));
    throw new MonitorError(`${command}: no device or range is called '${name}'${hint}`);
  }
  return ranges;
}

function tooMany(name: string): MonitorError {
  return new MonitorError(`${name}: extraneous characters at the end of line`);
}

function trace(context: CommandContext, argument: string): void {
  const { tracing, print } = context;
  const given = take(context, argument, "trace", ["-c"]);
  const [action, range, ...more] = given.words;
  if (more.length > 0) {
    throw tooMany("trace");
  }
  if (action === undefined && given.flags.size === 0) {
    const lines = tracing.list();
    print(lines.length === 0 ? "nothing is traced\n" : lines.map((line) => `${line}\n`).join(""));
  } else if ((action === "on" || action === "off") && range !== undefined && isName(range)) {
    const ranges = namedRanges(given.pc, range, "trace");
    if (action === "on") tracing.startRanges(range, ranges, given.flags.has("-c"));
    else tracing.stopRanges(range, ranges);
  } else if (action === "on") {
    tracing.start(given.space, rangeOf(range, given, "trace"), given.flags.has("-c"));
  } else if (action === "off") {
    tracing.stop(given.space, rangeOf(range, given, "trace"));
  } else {
    throw new MonitorError("trace: 'on' or 'off' expected");
  }
}

function breakOn(context: CommandContext, argument: string): void {
  const { tracing, print } = context;
  const given = take(context, argument, "break");
  const [rangeWord, ...more] = given.words;
  if (rangeWord === undefined) {
    if (given.isPorts) {
      throw new MonitorError("break: a range of ports is missing");
    }
    const lines = tracing.listBreaks();
    print(lines.length === 0 ? "no break conditions\n" : lines.map((line) => `${line}\n`).join(""));
    return;
  }
  const kinds = /^[rwx]+$/.test(more[0] ?? "") ? more.shift() : undefined;
  const value = more.shift();
  if (more.length > 0) {
    throw tooMany("break");
  }
  const condition = {
    types: [...new Set(kinds ?? "rw")].flatMap((kind) => TYPES[kind] ?? []),
    value: value === undefined ? null : numberOf(value, given.pc, "break"),
  };
  if (isName(rangeWord)) {
    const ranges = namedRanges(given.pc, rangeWord, "break");
    print(`break ${tracing.addRangeBreak(rangeWord, ranges, condition)}: ${rangeWord}\n`);
    return;
  }
  const range = rangeOf(rangeWord, given, "break");
  const number = tracing.addBreak({ space: given.space, range, ...condition });
  print(`break ${number}: ${given.space.name} ${rangeText(range)}\n`);
}

function deleteBreak({ tracing }: CommandContext, argument: string): void {
  if (!/^\d+$/.test(argument)) {
    throw new MonitorError("delete: the number of a break condition expected");
  }
  if (!tracing.deleteBreak(Number(argument))) {
    throw new MonitorError(`delete: there is no break condition ${argument}`);
  }
}

/** The commands that watch the guest's accesses. */
export const traceCommands: readonly Command[] = [
  {
    names: ["trace"],
    parameters: "[on|off] [-p] [-c] [first[-last]|device[:range]]",
    help:
      "print and count the accesses of the cpu to addresses, or to ports (-p);" +
      "-c: only count, for 'info mtree -c' and 'info ranges'; without a range: all; alone: show what is traced",
    complete: ({ target }, words) =>
      words.length === 1
        ? ["on", "off", "-p", "-c"]
        : ["-p", "-c", ...rangeNames(target.pc.devices)],
    run: trace,
  },
  {
    names: ["break"],
    parameters: "[-p] [first[-last]|device[:range] [r|w|x] [value]]",
    help:
      "stop emulation after an access of the cpu to addresses, or to ports (-p)" +
      " (rw unless given; x: fetching instructions); alone: show the break conditions",
    complete: ({ target }) => ["-p", ...rangeNames(target.pc.devices)],
    run: breakOn,
  },
  {
    names: ["delete"],
    parameters: "number",
    help: "forget a break condition",
    complete: ({ tracing }) => tracing.breakNumbers.map(String),
    run: deleteBreak,
  },
];
