/** How a program runs: `main` in real mode or in flat protected mode; 64 enters long mode by itself. */
export type Mode = 16 | 32 | 64;

/**
 * One program of the suite. `qemu` programs are judged by what QEMU does, `manual` programs carry
 * the processor manual's expectations themselves and run on the interpreter alone.
 */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly mode: Mode;
  readonly judge: "qemu" | "manual";
}

const BOTH: readonly Mode[] = [16, 32];
const REAL: readonly Mode[] = [16];
const PROTECTED: readonly Mode[] = [32];

const QEMU_FILES: ReadonlyArray<readonly [string, readonly Mode[]]> = [
  ["arithmetic", BOTH],
  ["logic", BOTH],
  ["shifts", BOTH],
  ["bits", BOTH],
  ["bcd", BOTH],
  ["data", BOTH],
  ["addressing", BOTH],
  ["stack", BOTH],
  ["strings", BOTH],
  ["flow", BOTH],
  ["prefixes", BOTH],
  ["io", BOTH],
  ["system", BOTH],
  ["segments", REAL],
  ["interrupts", REAL],
  ["protected", PROTECTED],
  ["gates", PROTECTED],
  ["paging", PROTECTED],
  ["v86", PROTECTED],
  ["tasks", PROTECTED],
  ["mixed-modes", PROTECTED],
  ["mixture", BOTH],
  ["debug", BOTH],
  ["a20", BOTH],
];

const MANUAL_FILES: ReadonlyArray<readonly [string, readonly Mode[]]> = [
  ["manual-limits", BOTH],
  ["manual-protected", PROTECTED],
  ["manual-alignment", PROTECTED],
  ["manual-interrupts", BOTH],
  ["manual-debug", BOTH],
];

function expand(
  files: ReadonlyArray<readonly [string, readonly Mode[]]>,
  judge: Program["judge"],
): Program[] {
  return files.flatMap(([file, modes]) =>
    modes.map((mode) => ({
      name: `${file}.${mode}`,
      file: `${file}.asm`,
      mode,
      judge,
    })),
  );
}

/** Every program, in the order of the groups. */
export const PROGRAMS: readonly Program[] = [
  ...expand(QEMU_FILES, "qemu"),
  ...expand(MANUAL_FILES, "manual"),
];
