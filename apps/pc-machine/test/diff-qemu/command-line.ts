import { parseArgs } from "node:util";

/** What the driver was asked to do. */
export interface DriverOptions {
  readonly help: boolean;
  readonly firstSeed: number;
  readonly lastSeed: number;
  /** Operations for each seed. */
  readonly operations: number;
  /** Command lines of both machines. */
  readonly configs: readonly string[];
  /** Whether the scripts are compared instead. */
  readonly scripts: boolean;
}

/** A command line that makes no sense; the message is fit for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const DISK = "-drive file=@disk,format=raw,if=ide,index=0,snapshot=on";
const CD = "-drive file=@cd,format=raw,if=ide,index=2,media=cdrom";
/** The machines that are compared unless one is named. */
export const CONFIGS: readonly string[] = [
  "-m 16",
  "-m 64",
  "-m 128 -device VGA",
  "-m 64 -serial null -serial null",
  "-m 64 -device VGA -serial null",
  `-m 64 ${DISK}`,
  `-m 64 ${CD}`,
  `-m 64 -device VGA ${DISK} ${CD}`,
  "-m 3584 -device VGA",
  "-m 4096 -chardev null,id=d -device isa-debugcon,chardev=d",
];

/** The text of `--help`. */
export const HELP = `Usage: npm run diff:qemu -- [options]

Starts QEMU 7.2 and this machine with the same options, both paused, and does the same random
things to both over qtest: ports, memory, configuration registers with their PAM, SMRAM and BARs,
commands of drives, resets. Each answer is compared, and after each batch the flat views. What is
meant to differ is in apps/pc-machine/test/diff-qemu/intended-differences.json. The first
difference is made as short as possible and printed, with the command that repeats it.

Options:
  --seeds A:B   the seeds from A to B (default 1:5)
  --ops N       operations for each seed (default 400)
  --config C    QEMU's options for both; may be given several times (default: ten machines).
                @disk and @cd in it are images made for the run: 10 MiB and 368 KiB
  --scripts     run the scripts of apps/pc-machine/test/pcase as a ROM on both instead
  --help        print this text
`;

const OPTIONS = {
  seeds: { type: "string", default: "1:5" },
  ops: { type: "string", default: "400" },
  config: { type: "string", multiple: true },
  scripts: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UsageError} on an unknown option, or a value that makes no sense */
export function parseCommandLine(argv: readonly string[]): DriverOptions {
  const { seeds, ops, config, scripts, help } = parse(argv);
  const [, first, last = first] = /^([0-9]{1,9})(?::([0-9]{1,9}))?$/.exec(seeds) ?? [];
  if (first === undefined || Number(last) < Number(first)) {
    throw new UsageError(`--seeds takes A:B, the first and the last seed, not '${seeds}'`);
  }
  if (!/^[1-9][0-9]{0,6}$/.test(ops)) {
    throw new UsageError(`--ops takes a number from 1 to 9999999, not '${ops}'`);
  }
  return {
    help,
    firstSeed: Number(first),
    lastSeed: Number(last),
    operations: Number(ops),
    configs: config ?? CONFIGS,
    scripts,
  };
}

function parse(args: readonly string[]): {
  seeds: string;
  ops: string;
  config?: string[];
  scripts: boolean;
  help: boolean;
} {
  // A machine's options begin with a dash, which a value of its own may not.
  const joined: string[] = [];
  for (const arg of args) {
    if (joined.at(-1) === "--config") joined.splice(-1, 1, `--config=${arg}`);
    else joined.push(arg);
  }
  try {
    return parseArgs({ args: joined, options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
