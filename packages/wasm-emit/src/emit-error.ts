/**
 * Code is emitted in an order that WebAssembly does not have. This package imports no other, so its
 * errors have a base of their own, with `rule` as all errors have.
 * @see {@link CodeWriter}
 */
export class EmitError extends Error {
  /** The class by the name that its errors carry; a minifier would shorten it otherwise. */
  static override readonly name: string = "EmitError";
  /** The rule that was broken: `"open-blocks"`, `"late-import"` or `"argument"`. */
  readonly rule: string;

  constructor(message: string, details: { readonly rule: string }) {
    super(message);
    this.name = new.target.name;
    this.rule = details.rule;
  }
}
