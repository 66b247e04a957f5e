/** The error of a text that describes no model. */
import { MemError, type MemErrorDetails } from "@mem/qom";

/** Details of a {@link CpuModelError} besides its message. */
interface CpuModelErrorDetails extends MemErrorDetails {
  /** Name that was written and is not known. */
  readonly typed: string;
  /** Names that could have been meant: every name of that kind. */
  readonly known: readonly string[];
}

/**
 * There is no such model or feature: rule `"cpu-model"` or `"cpu-feature"`;
 * or a property has no such value: rule `"cpu-property"`.
 * @see {@link CpuModel.parse}
 */
export class CpuModelError extends MemError {
  /** The class by the name that its errors carry. */
  static override readonly name: string = "CpuModelError";
  /** Name that was written and is not known. */
  readonly typed: string;
  /** Names that could have been meant: every name of that kind. */
  readonly known: readonly string[];

  constructor(message: string, details: CpuModelErrorDetails) {
    super(message, details);
    this.typed = details.typed;
    this.known = details.known;
  }
}
