import { ObjectSystem, QomError, QomObject, type TypeInfo } from "@mem/qom";
import { expect } from "vitest";

/** A system with the plain types most tests use, and a log of what its hooks saw. */
export function bench(extra: readonly TypeInfo[] = []): { system: ObjectSystem; log: string[] } {
  const system = new ObjectSystem();
  const log: string[] = [];
  const noting = (name: string, parent: string | undefined): TypeInfo => ({
    name,
    ...(parent === undefined ? {} : { parent }),
    instanceInit: () => void log.push(`init ${name}`),
    instanceFinalize: () => void log.push(`finalize ${name}`),
  });
  system.types.register({
    ...noting("base", undefined),
    construct: (init) => new Noting(init, log),
  });
  system.types.register(noting("leaf", "base"));
  for (const info of extra) system.types.register(info);
  return { system, log };
}

/** Notes when it is unparented and finalized, and runs what a test hangs onto these. */
export class Noting extends QomObject {
  readonly log: string[];
  whenUnparented: ((self: this) => void) | null = null;
  whenFinalized: ((self: this) => void) | null = null;
  label = "";

  constructor(init: ConstructorParameters<typeof QomObject>[0], log: string[]) {
    super(init);
    this.log = log;
  }

  protected override onUnparent(): void {
    this.log.push(`unparent ${this.label}`);
    this.whenUnparented?.(this);
  }

  protected override onFinalize(): void {
    this.log.push(`die ${this.label}`);
    this.whenFinalized?.(this);
  }
}

/** A `base` object with a label; the caller owns its reference. */
export function noting(system: ObjectSystem, label: string, type = "base"): Noting {
  const obj = system.create(type);
  if (!(obj instanceof Noting)) throw new Error("not a Noting");
  obj.label = label;
  return obj;
}

/** Expects a QomError of that rule and returns it. */
export function expectRule(rule: string, call: () => unknown): QomError {
  let thrown: unknown = null;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(QomError);
  const error = thrown as QomError;
  expect(error.rule).toBe(rule);
  return error;
}
