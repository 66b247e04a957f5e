import { QomError } from "./qom-error.js";

/**
 * A call that TypeScript's compiler would refuse: an argument or option that is missing, of the
 * wrong kind, or that nobody knows. Rules `option-missing`, `option-kind`, `option-unknown`,
 * `options-object`.
 */
export class QomArgumentError extends QomError {
  static override readonly name: string = "QomArgumentError";
  /** The argument or option concerned, by its name. */
  readonly option: string;

  constructor(message: string, details: { readonly rule: string; readonly option: string }) {
    super(message, { rule: details.rule, names: [details.option] });
    this.option = details.option;
  }
}
