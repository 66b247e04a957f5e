/** The A20 gate: where the wires of the keyboard controller and of port 0x92 meet. */
import type { IrqLine } from "../../device/context.js";

/**
 * Both sources drive one gate and the last write wins, whoever made it; each source keeps reading
 * back its own latch. (This is what QEMU's `pc` machine does; boards with an OR gate exist.)
 */
export class A20Gate {
  /** The input for the keyboard controller. */
  readonly keyboardController: IrqLine;
  /** The input for port 0x92. */
  readonly port92: IrqLine;
  readonly #output: (enabled: boolean) => void;
  #enabled = true;

  /** @param output told each time the gate is driven; `true` means address bit 20 passes. */
  constructor(output: (enabled: boolean) => void) {
    this.#output = output;
    const input: IrqLine = { set: (level) => this.#drive(level) };
    this.keyboardController = input;
    this.port92 = input;
  }

  /** True if address bit 20 passes. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Power-on: the gate is open. */
  reset(): void {
    this.#drive(true);
  }

  #drive(level: boolean): void {
    this.#enabled = level;
    this.#output(level);
  }
}
