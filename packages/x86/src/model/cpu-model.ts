/** Model of the processor: a model, and features that are added to it or taken away. */
import { shown } from "@mem/qom/plumbing";
import {
  CPU_FEATURES,
  FEATURE_WORDS,
  findFeature,
  type CpuFeature,
  type FeatureRegister,
} from "./features.js";
import { CpuModelError } from "./model-error.js";
import { type CpuidLimits, ModelProperties } from "./model-properties.js";
import { MODELS, type ModelDefinition } from "./models.js";

/** Features of a model that names none of its own. */
const EVERYTHING = CPU_FEATURES.filter((f) => !f.isOnRequest).map(({ name }) => name);

/** The leaf that tells about virtual machines: who has them tells so. */
const VIRTUALIZATION_LEAF = 0x8000_000a;

/**
 * A word of features, as CPUID answers it.
 * @see {@link CpuModel}
 */
export interface FeatureWord {
  /** The leaf. */
  readonly leaf: number;
  /** The subleaf, `null` where the leaf has but one. */
  readonly subleaf: number | null;
  /** The register of the answer. */
  readonly register: FeatureRegister;
  /** Bits of the features that are there. */
  readonly there: number;
  /** Bits of those that it is meant to have, and has not. */
  readonly missing: number;
}

/** Parts of a model besides its definition and its features. */
interface ModelParts {
  /** Names of features that it is meant to have. */
  readonly asked: ReadonlySet<string>;
  /** Those of them that were added by name. */
  readonly added: ReadonlySet<string>;
  /** Names of features that were taken away. */
  readonly taken: ReadonlySet<string>;
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
   * Features of the model, or asked for by name, that are not implemented; and those of the model that cannot be
   * without what is missing: in the order of leaves, registers and bits.
   */
  readonly unavailable: readonly string[];
  readonly #features: ReadonlySet<string>;
  /** Those, and what is missing of what it is meant to have. */
  readonly #meant: ReadonlySet<string>;
  readonly #limits: CpuidLimits;

  private constructor(definition: ModelDefinition, features: Set<string>, parts: ModelParts) {
    const { asked, added, taken, limits } = parts;
    this.name = definition.name;
    this.definition = definition;
    this.#limits = limits;
    // Features come after those they need: a chain is dropped in one pass in this order.
    for (const { name, isImplemented } of CPU_FEATURES) if (!isImplemented) features.delete(name);
    for (let before = -1; before !== features.size;) {
      before = features.size;
      for (const { name, needs } of CPU_FEATURES) {
        // What was added by name is there, as in QEMU, unless that was meant to go.
        if (needs !== "" && !features.has(needs) && (!added.has(name) || taken.has(needs)))
          features.delete(name);
      }
    }
    this.#features = features;
    this.#meant = new Set([...features, ...asked]);
    this.unavailable = CPU_FEATURES.flatMap(({ name }) =>
      asked.has(name) && !features.has(name) ? [name] : [],
    );
  }

  /**
   * Reads `MODEL[,+FEATURE][,-FEATURE][,FEATURE=on|off][,PROPERTY=VALUE]`. The properties are `family`,
   * `model`, `stepping`, `vendor`, `model-id`; `level` and `xlevel`, the last leaves of CPUID whatever
   * the features need, `xlevel2`, the last of Centaur's, and `min-level` and `min-xlevel`, the last ones at least.
   * `-FEATURE` counts whatever else is said of the feature, `+FEATURE` unless that is; else the last of them counts.
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
    const added = new Set<string>();
    const taken = new Set<string>();
    const properties = new ModelProperties(definition);
    const rest = changes.filter((change) => !properties.take(change));
    for (const { name, isOn } of rest.sort(byRank).map(readChange)) {
      for (const set of [features, asked, added]) {
        if (isOn) set.add(name);
        else set.delete(name);
      }
      if (isOn) taken.delete(name);
      else taken.add(name);
    }
    return new CpuModel(properties.definition, features, {
      asked,
      added,
      taken,
      limits: properties.limits,
    });
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
  /** All words of features: what is there, and what of those that it is meant to have is not. */
  get featureWords(): readonly FeatureWord[] {
    return FEATURE_WORDS.map(({ leaf, subleaf, register }) => {
      const missing = this.unavailable.reduce((word, name) => {
        const feature = findFeature(name);
        const isHere = feature?.leaf === leaf && feature.register === register;
        return isHere ? word | (1 << feature.bit) : word;
      }, 0);
      const there = this.word(leaf, register, () => true);
      return { leaf, subleaf, register, there: there >>> 0, missing: missing >>> 0 };
    });
  }
  /** Highest basic leaf of CPUID: the model's, or the highest that a feature is in which it is meant to have. */
  get level(): number {
    return this.#limits.level ?? Math.max(this.definition.level, this.#highest(0, 0x4000_0000));
  }
  /** Highest extended leaf of CPUID, or 0; as {@link level}. */
  get extendedLevel(): number {
    const { extendedLevel = null } = this.#limits;
    if (extendedLevel !== null) return extendedLevel;
    const least = this.#meant.has("svm") ? VIRTUALIZATION_LEAF : 0;
    const highest = this.#highest(0x8000_0000, 0xc000_0000);
    return Math.max(this.definition.extendedLevel, highest, least);
  }
  /** Highest leaf of those that Centaur added, or 0; as {@link level}. */
  get centaurLevel(): number {
    return this.#limits.centaurLevel ?? this.#highest(0xc000_0000, 0x1_0000_0000);
  }
  #highest(first: number, end: number): number {
    const leaves = CPU_FEATURES.filter(({ name, leaf }) => leaf < end && this.#meant.has(name));
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

/** The order in which changes count: those with a sign after those without, and what is taken away last. */
function byRank(a: string, b: string): number {
  const rank = (change: string): number => ["+", "-"].indexOf(change.charAt(0));
  return rank(a) - rank(b);
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
