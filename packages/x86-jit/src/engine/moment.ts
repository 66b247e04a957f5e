/** The state of a translator at the moment, as far as it holds for units that run. */
import type { Context } from "./contexts.js";

/** The context of the unit that runs, and what tells whether it may go on. */
export class Moment {
  context: Context | null = null;
  /** Changes whenever a unit that runs might be void. */
  epoch = 0;

  /** Is it 64-bit code that runs? */
  get isLong(): boolean {
    return this.context?.unitMode.isLong === true;
  }
}
