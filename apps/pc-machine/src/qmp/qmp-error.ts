import { MemError } from "@mem/qom";

/** The classes of QMP's errors. */
export type QmpErrorClass =
  "GenericError" | "CommandNotFound" | "DeviceNotFound" | "DeviceNotActive" | "KVMMissingCap";

/** A command that cannot be done: the answer's class and description. Rule `qmp`. */
export class QmpError extends MemError {
  static override readonly name: string = "QmpError";
  readonly errorClass: QmpErrorClass;

  constructor(description: string, errorClass: QmpErrorClass = "GenericError") {
    super(description, { rule: "qmp" });
    this.errorClass = errorClass;
  }
}
