/** Interrupt lines under qtest's eyes and hands. */
import type { ObjectSystem, QomObject } from "@mem/qom";

import type { GpioLines } from "../device/gpio.js";
import type { PluggedDevice } from "../device/plugged.js";
import { QtestError } from "./qtest-arguments.js";

/** Objects in which the lines are found. */
export interface IrqTarget {
  readonly objects: ObjectSystem;
  readonly devices: readonly Pick<PluggedDevice, "device">[];
}

const UNNAMED = { in: "unnamed-gpio-in", out: "unnamed-gpio-out" } as const;

/** Watches the lines of one device. */
export class IrqWatch {
  readonly #target: IrqTarget;
  readonly #tell: (text: string) => void;
  #object: QomObject | null = null;
  #watched: GpioLines[] = [];

  /** @param tell told, as `IRQ raise 3`, of each change */
  constructor(target: IrqTarget, tell: (text: string) => void) {
    this.#target = target;
    this.#tell = tell;
  }

  /** Watch the lines of the object at `path`, in place of what they lead to. @throws QtestError */
  intercept(path: string | undefined, direction: "in" | "out"): void {
    const object = this.#find(path);
    if (this.#object !== null) {
      // There is one watch; the same once more changes nothing.
      if (this.#object !== object) throw new QtestError("IRQ intercept already enabled");
      return;
    }
    this.#object = object;
    for (const lines of this.#groups(object)) {
      if (lines.direction !== direction || lines.name !== null) continue;
      lines.intercept((n, level) => this.#tell(`IRQ ${level ? "raise" : "lower"} ${n}`));
      this.#watched.push(lines);
    }
  }

  /** Drive an input. @throws QtestError */
  set(path: string | undefined, name: string | undefined, n: bigint, level: bigint): void {
    const object = this.#find(path);
    const lines = this.#groups(object).find(
      (one) => one.direction === "in" && (one.name ?? UNNAMED.in) === name,
    );
    if (lines === undefined) throw new QtestError(`Unknown line '${name ?? ""}'`);
    if (n >= lines.count) throw new QtestError(`line ${n} of ${lines.count} does not exist`);
    lines.set(Number(n), level !== 0n);
  }

  /** The lines lead where they led. */
  release(): void {
    for (const lines of this.#watched) lines.intercept(null);
    this.#watched = [];
    this.#object = null;
  }

  #find(path: string | undefined): QomObject {
    if (path === undefined) throw new QtestError("a path is missing");
    const object = path === "" ? null : this.#target.objects.resolve(path);
    const isDevice = this.#target.devices.some(
      ({ device }) =>
        object !== null && [device.object, ...(device.moreObjects ?? [])].includes(object),
    );
    if (object === null || !isDevice) throw new QtestError("Unknown device");
    return object;
  }

  #groups(object: QomObject): readonly GpioLines[] {
    return this.#target.devices
      .flatMap(({ device }) => device.gpios ?? [])
      .filter((lines) => lines.object === object);
  }
}
