/** Model of the processor: a model, and features that are added to it or taken away. */
import { MemError, type MemErrorDetails } from "@mem/qom";
import { shown } from "@mem/qom/plumbing";
import { CPU_FEATURES, findFeature, type FeatureRegister } from "./features.js";
import { MODELS, type ModelDefinition } from "./models.js";

/** Features of a model that names none of its own. */
const EVERYTHING = CPU_FEATURES.filter((f) => !f.isOnRequest).map(({ name }) => name);

/** Details of a {@link CpuModelError} besides its message. */
interface CpuModelErrorDetails extends MemErrorDetails {
  /** Name that was written and is not known. */
  readonly typed: string;
  /** Names that could have been meant: every name of that kind. */
  readonly known: readonly string[];
}

/**
 * There is no such model or feature: rule `"cpu-model"` or `"cpu-feature"`.
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

/**
 * A processor's model and features, as QEMU's `-cpu` names them. Only what is implemented is ever
 * claimed; what a model has and this package has not is left out.
 *
 * @example
 * const model = CpuModel.parse("pentium3,-sse");
 * console.log(model.name, model.has("cmov"), model.has("sse")); // prints: pentium3 true false
 * console.log(CpuModel.names().includes("qemu32")); // prints: true
 */
export class CpuModel {
  /** The model's name. */
  readonly name: string;
  /** Definition of the model, before features were added or taken away. */
  readonly definition: ModelDefinition;
  /**
   * Features that were asked for by name and are not implemented, or cannot be without what is
   * missing.
   */
  readonly unavailable: readonly string[];
  readonly #features: ReadonlySet<string>;

  private constructor(definition: ModelDefinition, features: Set<string>, asked: Set<string>) {
    this.name = definition.name;
    this.definition = definition;
    // Features come after those they need: a chain is dropped in one pass in this order.
    for (const { name, isImplemented } of CPU_FEATURES) if (!isImplemented) features.delete(name);
    for (let before = -1; before !== features.size;) {
      before = features.size;
      for (const { name, needs } of CPU_FEATURES) {
        if (needs !== "" && !features.has(needs)) features.delete(name);
      }
    }
    this.#features = features;
    this.unavailable = [...asked].filter((name) => !features.has(name));
  }

  /**
   * Reads `MODEL[,+FEATURE][,-FEATURE][,FEATURE=on|off]`.
   * @throws CpuModelError when a name is not known, a value is neither on nor off, or it is no text
   */
  static parse(text: string): CpuModel {
    if (typeof text !== "string") {
      throw new CpuModelError(`a model is a text such as "qemu64,+avx", not ${shown(text)}`, {
        rule: "cpu-model",
        typed: shown(text),
        known: CpuModel.names(),
      });
    }
    const [typed = "", ...changes] = text.split(",");
    const definition = MODELS.find(({ name }) => name === typed);
    if (definition === undefined) {
      const known = CpuModel.names();
      throw new CpuModelError(`there is no model "${typed}"`, { rule: "cpu-model", typed, known });
    }
    const features = new Set(definition.features ?? EVERYTHING);
    const asked = new Set<string>();
    for (const change of changes) {
      const { name, isOn } = readChange(change);
      if (isOn) {
        features.add(name);
        asked.add(name);
      } else {
        features.delete(name);
        asked.delete(name);
      }
    }
    return new CpuModel(definition, features, asked);
  }

  /** Names of the models. */
  static names(): readonly string[] {
    return MODELS.map(({ name }) => name);
  }
  /** The models with a line about each, and the names of the features that are implemented. */
  static list(): { models: readonly (readonly [string, string])[]; features: readonly string[] } {
    return {
      models: MODELS.map(({ name, description }) => [name, description] as const),
      features: CPU_FEATURES.filter((f) => f.isImplemented).map(({ name }) => name),
    };
  }

  /** Is a feature, by QEMU's name, there? */
  has(feature: string): boolean {
    return this.#features.has(feature);
  }
  /** A word of features as CPUID answers it. `isThere` may leave more out. */
  word(leaf: number, register: FeatureRegister, isThere: (feature: string) => boolean): number {
    let word = 0;
    for (const feature of CPU_FEATURES) {
      if (feature.leaf !== leaf || feature.register !== register) continue;
      if (this.has(feature.name) && isThere(feature.name)) word |= 1 << feature.bit;
    }
    return word;
  }
  /** Highest basic leaf of CPUID: the model's, or the highest that a feature is in. */
  get level(): number {
    return Math.max(this.definition.level, this.#highest(0, 0x4000_0000));
  }
  /** Highest extended leaf of CPUID, or 0; as {@link level}. */
  get extendedLevel(): number {
    return Math.max(this.definition.extendedLevel, this.#highest(0x8000_0000, 0xc000_0000));
  }
  #highest(first: number, end: number): number {
    const leaves = CPU_FEATURES.filter(({ name, leaf }) => leaf < end && this.has(name));
    return leaves.reduce((most, { leaf }) => (leaf >= first ? Math.max(most, leaf) : most), 0);
  }
  /** Number of bits that physical addresses have: 32 to 40. */
  get physicalBits(): number {
    if (this.has("lm")) return 40;
    return this.has("pse36") ? 36 : 32;
  }
  /** Family, model and stepping as CPUID and EDX after a reset tell them. */
  get signature(): number {
    const { family, model, stepping } = this.definition;
    const extended = family > 15 ? family - 15 : 0;
    return (
      (extended << 20) |
      ((model >> 4) << 16) |
      (Math.min(family, 15) << 8) |
      ((model & 15) << 4) |
      stepping
    );
  }
}

function readChange(change: string): { name: string; isOn: boolean } {
  const signed = /^[+-]/.test(change);
  const [typed = "", value] = signed ? [change.slice(1)] : change.split("=");
  const feature = findFeature(typed);
  if (feature === undefined) {
    const known = CPU_FEATURES.map(({ name }) => name);
    throw new CpuModelError(`there is no feature "${typed}"`, {
      rule: "cpu-feature",
      typed,
      known,
    });
  }
  if (signed) return { name: feature.name, isOn: change.startsWith("+") };
  const isOn = value === undefined || value === "on";
  if (!isOn && value !== "off") {
    const message = `${typed} is on or off, not "${value}"`;
    throw new CpuModelError(message, {
      rule: "cpu-feature",
      typed: value ?? "",
      known: ["on", "off"],
    });
  }
  return { name: feature.name, isOn };
}
