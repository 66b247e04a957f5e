/** Options of a translator. */
import type { TranslatorGroup } from "./group.js";

/**
 * Settings; all but the memory have defaults.
 * @see {@link translator}
 */
export interface TranslatorSettings {
  /** Memory that holds the processor's state and, for speed, its RAM. It is not grown. */
  readonly memory: WebAssembly.Memory;
  /** The translators of processors that share memory with this one; default: there are none. */
  readonly group: TranslatorGroup;
  /** Times that code is interpreted before it is translated, 1 to 65535; long code needs fewer. */
  readonly threshold: number;
  /** Units that are compiled together, and more when many are alive. */
  readonly batch: number;
  /** Times that units are wanted while they wait for others, before they are compiled as they are. */
  readonly patience: number;
  /** Instructions of a unit at most; 1 for looking for a mistake. */
  readonly instructions: number;
  /** Do units go on at each other by themselves? False for looking for a mistake. */
  readonly links: boolean;
  /** Are the runs of each unit counted? Costs a call at each one. */
  readonly countRuns: boolean;
  /** Units alive at most; then all are dropped. */
  readonly units: number;
  /** Bytes of WebAssembly of units alive at most. */
  readonly bytes: number;
}

/** The defaults. */
export const DEFAULTS = {
  threshold: 250,
  batch: 16,
  patience: 800,
  instructions: 300,
  links: true,
  countRuns: false,
  units: 16384,
  bytes: 48 << 20,
} as const;
