/** Model of the processor: a model, and features that are added to it or taken away. */
import { shown } from "@mem/qom/plumbing";
import { CPU_FEATURES, findFeature, type CpuFeature, type FeatureRegister } from "./features.js";
import { CpuModelError } from "./model-error.js";
import { type CpuidLimits, ModelProperties } from "./model-properties.js";
import { MODELS, type ModelDefinition } from "./models.js";

/** Features of a model that names none of its own. */
const EVERYTHING = CPU_FEATURES.filter((f) => !f.isOnRequest).map(({ name }) => name);

/** Parts of a model besides its definition and its features. */
interface ModelParts {
  /** Names of features that it is meant to have. */
  readonly asked: ReadonlySet<string>;
  readonly limits: CpuidLimits;
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
   * Features of the model, or asked for by name, that are not implemented, or cannot be without what is
   * missing: in the order of leaves, registers and bits.
   */
  readonly unavailable: readonly string[];
  readonly #features: ReadonlySet<string>;
  readonly #limits: CpuidLimits;

  private constructor(definition: ModelDefinition, features: Set<string>, parts: ModelParts) {
    const { asked, limits } = parts;
    this.name = definition.name;
    this.definition = definition;
    this.#limits = limits;
    // Features come after those they need: a chain is dropped in one pass in this order.
    for (const { name, isImplemented } of CPU_FEATURES) if (!isImplemented) features.delete(name);
    for (let before = -1; before !== features.size;) {
      before = features.size;
      for (const { name, needs } of CPU_FEATURES) {
        if (needs !== "" && !features.has(needs)) features.delete(name);
      }
    }
    this.#features = features;
    this.unavailable = CPU_FEATURES.flatMap(({ name }) =>
      asked.has(name) && !features.has(name) ? [name] : [],
    );
  }

  /**
   * Reads `MODEL[,+FEATURE][,-FEATURE][,FEATURE=on|off][,PROPERTY=VALUE]`. The properties are `family`,
   * `model`, `stepping`, `vendor`, `model-id`; `level` and `xlevel`, the last leaves of CPUID whatever
   * the features need, and `min-level` and `min-xlevel`, the last ones at least.
   * @throws CpuModelError when a name is not known, a value cannot be, or it is no text
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
    const asked = new Set(definition.features);
    const properties = new ModelProperties(definition);
    for (const change of changes) {
      if (properties.take(change)) continue;
      const { name, isOn } = readChange(change);
      if (isOn) {
        features.add(name);
        asked.add(name);
      } else {
        features.delete(name);
        asked.delete(name);
      }
    }
    return new CpuModel(properties.definition, features, { asked, limits: properties.limits });
  }

  /** A feature by a name that QEMU has for it, `undefined` for a name that is none's. */
  static feature(name: string): CpuFeature | undefined {
    return findFeature(name);
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
    return this.#limits.level ?? Math.max(this.definition.level, this.#highest(0, 0x4000_0000));
  }
  /** Highest extended leaf of CPUID, or 0; as {@link level}. */
  get extendedLevel(): number {
    const { extendedLevel = null } = this.#limits;
    if (extendedLevel !== null) return extendedLevel;
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
