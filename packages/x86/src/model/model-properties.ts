/** Properties of a model that are no features: who made it, and how far CPUID goes. */
import { CpuModelError } from "./model-error.js";
import type { ModelDefinition } from "./models.js";

/** Last leaves of CPUID that were asked for, whatever features need; absent: as they need. */
export interface CpuidLimits {
  readonly level?: number;
  readonly extendedLevel?: number;
  readonly centaurLevel?: number;
}

const VENDOR_LETTERS = 12;
const BRAND_LETTERS = 47;
/** The greatest value of each number. */
const NUMBERS = {
  family: 0xff + 0xf,
  model: 0xff,
  stepping: 0xf,
  level: 0xffff_ffff,
  xlevel: 0xffff_ffff,
  xlevel2: 0xffff_ffff,
  "min-level": 0xffff_ffff,
  "min-xlevel": 0xffff_ffff,
} as const;

/** Collects them from the parts of a text. */
export class ModelProperties {
  /** The model with what was collected. */
  definition: ModelDefinition;
  limits: CpuidLimits = {};

  constructor(definition: ModelDefinition) {
    this.definition = definition;
  }

  /**
   * Take a part such as `family=6`.
   * @returns false if it is no such property
   * @throws CpuModelError for a value that it cannot have
   */
  take(part: string): boolean {
    const [, name = "", value = ""] = /^([a-z-]+2?)=(.*)$/s.exec(part) ?? [];
    if (name === "vendor" || name === "model-id") {
      this.#takeText(name, value);
      return true;
    }
    if (!isNumberName(name)) return false;
    const number = /^(?:0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : Number.NaN;
    const most = NUMBERS[name];
    if (!(number <= most)) throw wrong(value, `${name} is a number from 0 to ${most}`);
    this.#takeNumber(name, number);
    return true;
  }

  #takeText(name: "vendor" | "model-id", value: string): void {
    const isVendor = name === "vendor";
    if (isVendor && value.length !== VENDOR_LETTERS) {
      throw wrong(value, `vendor is a name of ${VENDOR_LETTERS} letters`);
    }
    const brand = value.slice(0, BRAND_LETTERS);
    this.definition = { ...this.definition, ...(isVendor ? { vendor: value } : { brand }) };
  }

  #takeNumber(name: keyof typeof NUMBERS, number: number): void {
    switch (name) {
      case "level":
        this.limits = { ...this.limits, level: number };
        break;
      case "xlevel":
        this.limits = { ...this.limits, extendedLevel: number };
        break;
      case "xlevel2":
        this.limits = { ...this.limits, centaurLevel: number };
        break;
      case "min-level":
        this.definition = { ...this.definition, level: number };
        break;
      case "min-xlevel":
        this.definition = { ...this.definition, extendedLevel: number };
        break;
      default:
        this.definition = { ...this.definition, [name]: number };
    }
  }
}

function isNumberName(name: string): name is keyof typeof NUMBERS {
  return Object.hasOwn(NUMBERS, name);
}

function wrong(typed: string, message: string): CpuModelError {
  return new CpuModelError(`${message}, not "${typed}"`, {
    rule: "cpu-property",
    typed,
    known: [],
  });
}
