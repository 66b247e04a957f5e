/** `info jit`: the translator's counters, the units it made, and what one of them consists of. */
import type { TranslatorCounters, UnitReport } from "@mem/x86-jit";

import type { Command } from "../../command.js";
import { evaluate } from "../../expression.js";
import { MonitorError } from "../../monitor-error.js";
import { registerValue } from "../../text/registers.js";

/** Units that are listed at most. */
const MOST_UNITS = 20;

/** Texts of the counters. */
const COUNTED: readonly (readonly [name: keyof TranslatorCounters, what: string])[] = [
  ["entries", "entries from the processor's loop"],
  ["unknown", "exits: no unit where it led"],
  ["interpreted", "exits: an instruction for the interpreter"],
  ["stopped", "exits: the interpreter said stop"],
  ["budgets", "exits: too few instructions left"],
  ["called", "calls of the interpreter in a unit"],
  ["accesses", "accesses of ports and devices in a unit"],
  ["misses", "TLB misses"],
  ["dropped", "units dropped"],
  ["clears", "times that all were dropped"],
];

function counterLines(counters: TranslatorCounters): string[] {
  return COUNTED.map(([name, what]) => `  ${what.padEnd(42)} ${counters[name]}`);
}

function sumOf(units: readonly UnitReport[], number: (unit: UnitReport) => number): number {
  return units.reduce((sum, unit) => sum + number(unit), 0);
}

function unitLine({ linear, bits, isUser, instructions, bytes, isCompiled, runs }: UnitReport) {
  const digits = bits === 64 ? 16 : 8;
  const place = `0x${BigInt.asUintN(64, BigInt(linear)).toString(16).padStart(digits, "0")}`;
  const mode = `${bits} bits${isUser ? ", user" : ""}`;
  const state = isCompiled ? "" : ", waits to be compiled";
  const ran = runs === null ? "" : `, ${runs} runs`;
  return `  ${place}  ${mode}, ${instructions} instructions, ${bytes} bytes${ran}${state}`;
}

/** The command. */
export const jit: Command = {
  names: ["jit"],
  parameters: "[addr]",
  help: "show dynamic compiler info; with the linear address of a unit, both its listings",
  run: ({ target: { pc }, print }, argument) => {
    const translation = pc.board?.translation ?? null;
    if (translation === null) {
      const whyInterpreted = pc.board?.whyInterpreted ?? null;
      const why = whyInterpreted === null ? "" : `: ${whyInterpreted}`;
      print(`guest code is interpreted${why}\n`);
      return;
    }
    const { translator } = translation;
    if (argument !== "") {
      const { value, rest } = evaluate(argument, (name) => registerValue(pc.cpu, name));
      if (rest !== "") throw new MonitorError("jit: extraneous characters at the end of line");
      const listing =
        translator.listing(Number(BigInt.asIntN(64, value))) ??
        translator.listing(Number(BigInt.asUintN(32, value)));
      if (listing === null) throw new MonitorError("jit: no unit begins at this address");
      const guest = listing.guest.map(({ address, text }) => `0x${address.toString(16)}:  ${text}`);
      print(`${[...guest, "", listing.wasm].join("\n")}\n`);
      return;
    }
    const units = translator.units();
    const lines = [
      "Translation buffer state:",
      `  units                                      ${units.length}`,
      `  guest instructions in them                 ${sumOf(units, (unit) => unit.instructions)}`,
      `  bytes of WebAssembly                       ${translator.counters.bytes}`,
      `  modules                                    ${translator.counters.modules}`,
      "Statistics:",
      ...counterLines(translator.counters),
      units.length > MOST_UNITS ? `Units (${MOST_UNITS} of ${units.length}):` : "Units:",
      ...units.slice(0, MOST_UNITS).map(unitLine),
    ];
    print(`${lines.join("\n")}\n`);
  },
};
