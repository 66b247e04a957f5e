import { MemError } from "@mem/qom";

/** One thing that is wrong with the options of a PC. */
export interface PcProblem {
  /** The option at fault. */
  readonly option: string;
  /** The problem, and a remedy. */
  readonly message: string;
}

/** Raised before anything was built, naming all problems at once. */
export class PcOptionsError extends MemError {
  static override readonly name: string = "PcOptionsError";
  /** All that is wrong, in the order of the options. */
  readonly problems: readonly PcProblem[];

  constructor(problems: readonly PcProblem[]) {
    super(problems.map(({ option, message }) => `${option}: ${message}`).join("\n"), {
      rule: "pc-options",
    });
    this.problems = problems;
  }
}
