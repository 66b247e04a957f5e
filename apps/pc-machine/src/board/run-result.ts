/** Outcomes of a run of the machine. */

/** Reason why the machine came to its end. */
export type MachineEnd =
  /** The guest switched itself off through ACPI. */
  | { readonly kind: "power-off" }
  /** The guest asked for a reset, and the machine was told not to. */
  | { readonly kind: "reset" }
  /** A triple fault, and the machine was told not to reset. */
  | { readonly kind: "shutdown" }
  /** The processor is halted, and nothing is left that could wake it. */
  | { readonly kind: "halted"; readonly reason: string };

/** Outcome of a step. */
export type StepResult =
  /** All instructions ran: call again. */
  | { readonly kind: "ran" }
  /** The processor sleeps; `ms` host milliseconds until the next timer, `Infinity` for none. */
  | { readonly kind: "wait"; readonly ms: number }
  /** Nothing will run until the machine is reset. */
  | { readonly kind: "ended"; readonly end: MachineEnd };
