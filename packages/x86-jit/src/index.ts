/// <reference lib="esnext.disposable" preserve="true" />
/** Translates x86 code to WebAssembly, for the processor of `@mem/x86`. */
export { TranslatorCounters } from "./engine/counters.js";
export { TranslatorGroup } from "./engine/group.js";
export type { TranslatorGroupMember } from "./engine/group.js";
export { whyNotTranslate } from "./support.js";
export { Translation, translator } from "./translator.js";
export type { TranslatorOptions } from "./translator.js";
export type { TranslatorSettings } from "./engine/options.js";
export type { UnitListing, UnitReport } from "./engine/unit-report.js";
export { Translator } from "./engine/translator.js";
export { TRANSLATOR_BYTES } from "./layout.js";
