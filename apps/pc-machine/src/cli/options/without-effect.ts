/**
 * Options of QEMU that command lines have out of habit, and that mean nothing here: each is taken,
 * and what it would do is told in a line.
 */
import { optionError } from "../cli-error.js";
import { KeyValues } from "../key-values.js";
import type { OptionDefinition, OptionGroup } from "./definition.js";

/** Arguments that are taken: words that one begins with, a form, or values by their keys. */
type Arguments = readonly string[] | RegExp | Readonly<Record<string, readonly string[]>>;

const ON_OFF = ["on", "off"];
const INPUT = ["accept", "reject", "crash"];
const OUTPUT = ["accept", "hide"];

/** @throws CliError for a value that QEMU would not take */
function check(allowed: Arguments, value: string, option: string): void {
  if (allowed instanceof RegExp) {
    if (!allowed.test(value)) throw optionError(`${option} ${value}`, "there is no such value");
    return;
  }
  if (!isList(allowed)) {
    const keys = new KeyValues(option, value);
    for (const [key, words] of Object.entries(allowed)) keys.choice(key, words);
    keys.finish();
    return;
  }
  const first = value.split(",", 1)[0] ?? "";
  if (!allowed.includes(first)) {
    throw optionError(`${option} ${value}`, `must be ${allowed.join(" or ")}`);
  }
}

function isList(allowed: Arguments): allowed is readonly string[] {
  return Array.isArray(allowed);
}

/** An option that is taken and does nothing. */
function taken(
  name: string,
  argument: string | null,
  why: string,
  allowed?: Arguments,
): OptionDefinition {
  return {
    names: [name],
    argument,
    help: [`accepted without effect: ${why}`],
    ...(allowed !== undefined && isList(allowed) ? { values: allowed } : {}),
    apply: (line, value, option) => {
      if (allowed !== undefined) check(allowed, value, option);
      const typed = argument === null ? option : `${option} ${value}`;
      line.notes.push(`${typed}: accepted without effect: ${why}`);
    },
  };
}

/** A sound device without sound, also as programs write it. */
const SILENT = /^none(?:,|$)|^\{.*"driver":\s*"none".*\}$/;
const ONE_PROCESS = "what confines a process confines this one";

/** The options. */
export const optionsWithoutEffect: OptionGroup = {
  title: "For command lines of QEMU",
  options: [
    taken("enable-kvm", null, "there is no KVM; -accel jit is the fastest"),
    taken("k", "LANGUAGE", "there is no window with keys of a language"),
    taken("full-screen", null, "there is no window"),
    taken("mem-prealloc", null, "RAM grows with what the guest touches"),
    taken("mem-path", "PATH", "RAM is the program's own memory"),
    taken(
      "overcommit",
      "[mem-lock=on|off][,cpu-pm=on|off]",
      "memory is neither locked nor shared",
      {
        "mem-lock": ON_OFF,
        "cpu-pm": ON_OFF,
      },
    ),
    taken("sandbox", "on|off[,...]", ONE_PROCESS, ON_OFF),
    taken("msg", "[timestamp=on|off][,guest-name=on|off]", "messages are lines of their own", {
      timestamp: ON_OFF,
      "guest-name": ON_OFF,
    }),
    taken("compat", "[deprecated-input=...][,deprecated-output=...]", "nothing is deprecated", {
      "deprecated-input": INPUT,
      "deprecated-output": OUTPUT,
      "unstable-input": INPUT,
      "unstable-output": OUTPUT,
    }),
    taken("enable-sync-profile", null, "there are no threads that wait for each other"),
    taken("async-teardown", null, "the system frees the memory at the end"),
    taken("only-migratable", null, "there is no migration"),
    taken("seed", "NUMBER", "nothing is random but the guest; see -icount", /^\d+$/),
    taken("portrait", null, "the display cannot be rotated"),
    taken("rotate", "DEGREES", "the display cannot be rotated", /^\d+$/),
    taken("audiodev", "none,id=ID", "there is no sound", SILENT),
    taken("audio", "none", "there is no sound", ["none"]),
    taken("win2k-hack", null, "disks take their time anyway"),
    taken("singlestep", null, "one instruction at a time is for a debugger"),
    taken("echr", "CHARACTER", "the escape key is Ctrl-A", ["1", "0x1", "0x01"]),
  ],
};
