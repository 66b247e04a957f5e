/** The words behind `linux`. */
import { optionError } from "../cli-error.js";

/** A processor architecture of Debian that the PC runs. */
export type DebianArchitecture = "i386" | "amd64";

/** Request of `linux` besides the PC's own options. */
export interface LinuxRequest {
  readonly architecture: DebianArchitecture;
  /** The kernel's package; `null`: the usual one of the architecture. */
  readonly package: string | null;
  /** A static BusyBox, from a file of the user's; `null`: Debian's. */
  readonly busybox: string | null;
  /** Ask for newer packages though some are in the cache. */
  readonly update: boolean;
  /** Make the files and say where they are, and do not start anything. */
  readonly prepare: boolean;
  /** Folder to which the files are copied for the page in a browser; nothing is started. */
  readonly guest: string | null;
}

/** An option of `linux`. */
interface LinuxOption {
  /** Behind two dashes. */
  readonly name: string;
  /** Argument as the help shows it; `null` for an option without one. */
  readonly argument: string | null;
  /** Arguments that a shell offers. */
  readonly values?: "file" | readonly string[];
  readonly help: string;
}

const ARCHITECTURES: readonly DebianArchitecture[] = ["i386", "amd64"];

/** The options of `linux`, in the order of its help. */
export const LINUX_OPTIONS: readonly LinuxOption[] = [
  {
    name: "arch",
    argument: "i386|amd64",
    values: ARCHITECTURES,
    help: "which kernel of Debian's (default i386); amd64 needs a processor with long mode",
  },
  {
    name: "package",
    argument: "NAME",
    help: "the kernel's package, such as linux-image-686-pae (default linux-image-686 or -amd64)",
  },
  {
    name: "busybox",
    argument: "FILE",
    values: "file",
    help: "a static BusyBox for the initrd (default Debian's busybox-static)",
  },
  { name: "update", argument: null, help: "fetch anew what was fetched before" },
  { name: "prepare", argument: null, help: "make the files, say where they are, start nothing" },
  {
    name: "guest",
    argument: "DIR",
    values: "file",
    help: "copy the files to DIR, from which the page boots them (playground --guests DIR)",
  },
];

/** The text of `linux --help`. */
export const LINUX_HELP = `usage: mem-pc linux [options] [options of the PC]

Boots Debian's Linux to a shell on this terminal. It asks apt, where there is one, for a kernel and
for BusyBox, unpacks them below the user's cache directory, packs an initrd, and starts the PC with
-kernel, -initrd and -append. Nothing is installed on this system, and no root is needed. The next
time nothing is fetched. Elsewhere, or for another kernel, give it files:

  mem-pc linux --kernel vmlinuz --initrd initrd.img

${LINUX_OPTIONS.map(({ name, argument, help }) => `  --${name}${argument === null ? "" : ` ${argument}`}\n      ${help}\n`).join("")}
Other options, such as -m, -smp and a disk image, are those of a run: see mem-pc --help. Unless they
say otherwise the PC has 256 MiB, translates code (-accel jit), has processors whose time stamp
counters agree (-cpu max,+invtsc), and has the console on its serial port; Debian's kernels leave out
the self-tests of their ciphers (cryptomgr.notests). -append adds to the kernel's command line.
Ctrl-A x ends it, as does poweroff in the shell.
`;

/**
 * Take the options of `linux` from among the words behind it.
 * @returns the request, or `null` where the help was asked for; and the words that are left
 * @throws CliError for the first thing that is wrong
 */
export function takeLinuxOptions(words: readonly string[]): {
  readonly request: LinuxRequest | null;
  readonly rest: readonly string[];
} {
  const given = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [, name = "", joined] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "help" || word === "-h" || word === "-help") return { request: null, rest: [] };
    const option = LINUX_OPTIONS.find((known) => known.name === name);
    if (option === undefined) {
      rest.push(word);
    } else if (option.argument === null) {
      if (joined !== undefined) throw optionError(`--${name}`, "takes no argument");
      given.set(name, "");
    } else {
      const value = joined ?? words[++at];
      if (value === undefined || value === "") {
        throw optionError(`--${name}`, "requires an argument");
      }
      given.set(name, value);
    }
  }
  return { request: requestOf(given), rest };
}

function requestOf(given: ReadonlyMap<string, string>): LinuxRequest {
  const arch = given.get("arch") ?? "i386";
  const architecture = ARCHITECTURES.find((known) => known === arch);
  if (architecture === undefined) {
    throw optionError(`--arch ${arch}`, `there are ${ARCHITECTURES.join(" and ")}`);
  }
  const name = given.get("package") ?? null;
  if (name !== null && !/^linux-image-[a-z0-9][a-z0-9.+-]*$/.test(name)) {
    throw optionError(`--package ${name}`, "it is the name of a package linux-image-...");
  }
  return {
    architecture,
    package: name,
    busybox: given.get("busybox") ?? null,
    update: given.has("update"),
    prepare: given.has("prepare"),
    guest: given.get("guest") ?? null,
  };
}
