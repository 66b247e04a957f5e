/** Outcomes of a run of the machine. */

/** Reason why the machine came to its end. */
export type MachineEnd =
  /** The guest switched itself off through ACPI. */
  | { readonly kind: "power-off" }
  /** The guest asked for a reset, and the machine was told not to. */
  | { readonly kind: "reset" }
  /** A device that is there for it ended the program with a status, 0 to 255. */
  | {
      readonly kind: "exit";
      /** The status, 0 to 255. */
      readonly status: number;
    }
  /** The guest has crashed, by its own account, and nobody said what becomes of it. */
  | { readonly kind: "panicked" }
  /** A triple fault, and the machine was told not to reset. */
  | { readonly kind: "shutdown" }
  /** The processor is halted, and nothing is left that could wake it. */
  | {
      readonly kind: "halted";
      /** The reason, for people. */
      readonly reason: string;
    };

/** Outcome of a step. */
export type StepResult =
  /** All instructions ran: call again. */
  | { readonly kind: "ran" }
  /** The processor sleeps; `ms` host milliseconds until the next timer, `Infinity` for none. */
  | {
      readonly kind: "wait";
      /** Milliseconds of the host. */
      readonly ms: number;
    }
  /** Nothing will run until the machine is reset. */
  | {
      readonly kind: "ended";
      /** The reason. */
      readonly end: MachineEnd;
    };
