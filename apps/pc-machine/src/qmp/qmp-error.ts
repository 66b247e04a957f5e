import { MemError } from "@mem/qom";

/** The classes of QMP's errors. */
export type QmpErrorClass =
  "GenericError" | "CommandNotFound" | "DeviceNotFound" | "DeviceNotActive" | "KVMMissingCap";

/** A command that cannot be done: the answer's class and description. Rule `qmp`. */
export class QmpError extends MemError {
  static override readonly name: string = "QmpError";
  /** Class of the answer. */
  readonly errorClass: QmpErrorClass;

  /** @param details the class of the answer, default `"GenericError"` */
  constructor(description: string, details: { readonly errorClass?: QmpErrorClass } = {}) {
    super(description, { rule: "qmp" });
    this.errorClass = details.errorClass ?? "GenericError";
  }
}
