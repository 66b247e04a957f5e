/** Statistics of a translator. */

/**
 * Counts since a translator was made; units, `bytes` and modules are those of this moment.
 * @see {@link translator}
 */
export class TranslatorCounters {
  /** Calls of translated code. */
  entries = 0;
  /** Times a unit came to an instruction that the interpreter had to execute. */
  interpreted = 0;
  /** Times the interpreter was called in the midst of a unit. */
  called = 0;
  /** Accesses of ports and devices that units had made without the interpreter. */
  accesses = 0;
  /** Times the unit had to end then. */
  stopped = 0;
  /** Times a unit led to where there is none. */
  unknown = 0;
  /** Times there were too few instructions left in the run. */
  budgets = 0;
  /** Pages entered in the TLB. */
  misses = 0;
  /** Units made. */
  units = 0;
  /** Units dropped. */
  dropped = 0;
  /** Times all were. */
  clears = 0;
  /** Guest instructions translated. */
  instructions = 0;
  /** Bytes of WebAssembly of the units alive. */
  bytes = 0;
  /** Modules alive. */
  modules = 0;
  /** Bytes of WebAssembly compiled so far: units count anew when their modules are merged. */
  compiled = 0;
}
