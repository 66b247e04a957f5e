/** The processor's identity, as tables in memory repeat it. */
import { CpuModel } from "@mem/x86";

/** EAX and EDX of CPUID's leaf 1 for a model; the usual one, unless given. */
export function cpuSignature(model: CpuModel = CpuModel.parse("max")): {
  readonly eax: number;
  readonly edx: number;
} {
  return { eax: model.signature, edx: model.word(1, "edx", () => true) >>> 0 };
}
