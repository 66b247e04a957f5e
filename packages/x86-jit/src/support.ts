/** Does the platform have what translated code needs? */
import { CodeWriter, ModuleWriter, ValueType } from "@mem/wasm-emit";

/**
 * Tells if code can be translated here: there is WebAssembly, with tail calls.
 * @returns the reason why it cannot; null if it can
 * @see {@link translator}
 */
export function whyNotTranslate(): string | null {
  if (typeof WebAssembly === "undefined") return "there is no WebAssembly here";
  const module = new ModuleWriter();
  const type = module.type([], [ValueType.i32]);
  const code = new CodeWriter(16);
  code.begin(0);
  code.returnCall(0);
  module.addFunction(type, code.finish());
  return WebAssembly.validate(module.finish()) ? null : "WebAssembly has no tail calls here";
}
