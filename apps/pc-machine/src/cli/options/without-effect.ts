/**
 * Options of QEMU that command lines have out of habit, and that mean nothing here: each is taken,
 * and what it would do is told in a line.
 */
import { optionError } from "../cli-error.js";
import type { OptionDefinition, OptionGroup } from "./definition.js";

/** An option that is taken and does nothing. */
function taken(
  name: string,
  argument: string | null,
  why: string,
  values?: readonly string[],
): OptionDefinition {
  return {
    names: [name],
    argument,
    help: [`accepted without effect: ${why}`],
    ...(values === undefined ? {} : { values }),
    apply: (line, value, option) => {
      const first = value.split(",", 1)[0] ?? "";
      if (values !== undefined && !values.includes(first)) {
        throw optionError(`${option} ${value}`, `must be ${values.join(" or ")}`);
      }
      const typed = argument === null ? option : `${option} ${value}`;
      line.notes.push(`${typed}: accepted without effect: ${why}`);
    },
  };
}

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
    taken("overcommit", "[mem-lock=on|off][,cpu-pm=on|off]", "memory is neither locked nor shared"),
    taken("sandbox", "on|off[,...]", ONE_PROCESS, ["on", "off"]),
    taken("msg", "[timestamp=on|off][,guest-name=on|off]", "messages are lines of their own"),
    taken("compat", "[deprecated-input=...][,deprecated-output=...]", "nothing is deprecated"),
    taken("enable-sync-profile", null, "there are no threads that wait for each other"),
    taken("async-teardown", null, "the system frees the memory at the end"),
    taken("only-migratable", null, "there is no migration"),
    taken("seed", "NUMBER", "nothing is random but the guest; see -icount"),
    taken("win2k-hack", null, "disks take their time anyway"),
    taken("singlestep", null, "one instruction at a time is for a debugger"),
    taken("echr", "CHARACTER", "the escape key is Ctrl-A", ["1", "0x1", "0x01"]),
  ],
};
