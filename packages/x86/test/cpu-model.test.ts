import { describe, expect, it } from "vitest";
import { CpuModel, CpuModelError, X86Cpu } from "../src/index.js";
import { SimpleBus } from "./simple-bus.js";

const EBX = 3;
/** What CPUID of a model answers: EAX, EBX, ECX, EDX. */
function cpuid(model: string, leaf: number, subleaf = 0): readonly number[] {
  const cpu = run(model, [0x0f, 0xa2, 0xf4], { eax: leaf, ecx: subleaf });
  const { eax, ebx, ecx, edx } = cpu.state();
  return [eax, ebx, ecx, edx].map((word) => word >>> 0);
}
/** A processor of a model after some code in real mode; #UD ends at 0:0700. */
function run(model: string, code: readonly number[], registers: object = {}): X86Cpu {
  const memory = new SimpleBus(1 << 20);
  memory.bytes.set(code, 0x1000);
  memory.view.setUint16(6 * 4, 0x700, true);
  memory.bytes[0x700] = 0xf4;
  const cpu = new X86Cpu({
    memory,
    io: new SimpleBus(0),
    acknowledgeInterrupt: () => 0,
    model: CpuModel.parse(model),
  });
  const flat = { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 };
  cpu.setState({ cs: flat, eip: 0x1000, esp: 0x8000, cr4: 0x200, ...registers });
  cpu.run(10);
  return cpu;
}
const isUndefined = (model: string, code: readonly number[]): boolean =>
  run(model, [...code, 0xf4]).state().eip === 0x701;

function letters(words: readonly number[]): string {
  const bytes = words.flatMap((w) => [w & 255, (w >>> 8) & 255, (w >>> 16) & 255, w >>> 24]);
  return String.fromCharCode(...bytes.filter((byte) => byte !== 0));
}

describe("CpuModel.parse", () => {
  it("knows QEMU's models", () => {
    expect(CpuModel.names()).toEqual([
      ...["qemu32", "486", "pentium", "pentium2", "pentium3", "athlon", "kvm32", "coreduo", "n270"],
      ...["qemu64", "kvm64", "core2duo", "Conroe", "Penryn", "Nehalem", "Westmere", "SandyBridge"],
      ...["IvyBridge", "Haswell", "Broadwell", "phenom", "Opteron_G1", "Opteron_G2", "Opteron_G3"],
      "max",
    ]);
  });
  it("adds and removes features, in every spelling", () => {
    expect(CpuModel.parse("pentium3").has("sse2")).toBe(false);
    expect(CpuModel.parse("pentium3,+sse2").has("sse2")).toBe(true);
    expect(CpuModel.parse("qemu32,+ssse3,sse4_1=on").has("sse4.1")).toBe(true);
    expect(CpuModel.parse("max,sse4.2=off").has("sse4.2")).toBe(false);
    expect(CpuModel.parse("qemu32,-sse3").has("pni")).toBe(false);
  });
  it("takes away what needs what is taken away", () => {
    const model = CpuModel.parse("max,-sse2");
    expect(model.has("sse")).toBe(true);
    expect(model.has("sse4.2")).toBe(false);
    expect(CpuModel.parse("max,-fpu").has("mmx")).toBe(false);
  });
  it("has nothing that is taken away with a sign, and what is added by name though the model lacks what it needs", () => {
    const model = CpuModel.parse("pentium,-fpu,+fpu,-mce,mce=on,+cx8,cx8=off,+sse4_1,sse4_2=on");
    const names = ["fpu", "mce", "cx8", "sse4.1", "sse4.2", "mmx"];
    expect(names.filter((name) => model.has(name))).toEqual(["cx8", "sse4.1", "sse4.2"]);
  });
  it("tells words of features, with what is missing apart", () => {
    const words = CpuModel.parse("486,+arat,+fsgsbase,xsaveopt=on").featureWords;
    const of = (leaf: number, register: string) =>
      words.find((word) => word.leaf === leaf && word.register === register);
    expect(of(6, "eax")).toMatchObject({ subleaf: null, there: 4, missing: 0 });
    expect(of(7, "ebx")).toMatchObject({ subleaf: 0, there: 0, missing: 1 });
    expect(of(0xd, "eax")).toMatchObject({ subleaf: 1, there: 0, missing: 1 });
    expect(of(1, "ecx")).toMatchObject({ there: 0x8000_0000, missing: 0 });
  });
  it("names what was asked for and is not there", () => {
    expect(CpuModel.parse("qemu32,+avx,+popcnt").unavailable).toEqual(["avx"]);
    expect(CpuModel.parse("Nehalem,+avx").unavailable).toEqual(["avx"]);
    expect(CpuModel.parse("core2duo").unavailable).toEqual(["acpi", "ss", "monitor"]);
    expect(CpuModel.parse("core2duo,-acpi,-ss,monitor=off").unavailable).toEqual([]);
    expect(CpuModel.parse("max").unavailable).toEqual([]);
    expect(CpuModel.feature("sse4_2")).toMatchObject({ leaf: 1, register: "ecx", bit: 20 });
    expect(CpuModel.feature("ssse")).toBeUndefined();
  });
  it("takes who made it, and how far CPUID goes", () => {
    const model = CpuModel.parse(
      "qemu32,family=0x10,model=2,stepping=3,vendor=TestTestTest,model-id=A name",
    );
    expect(model.signature).toBe(0x0010_0f23);
    expect([model.definition.vendor, model.definition.brand]).toEqual(["TestTestTest", "A name"]);
    const levels = (text: string): number[] => {
      const { level, extendedLevel } = CpuModel.parse(text);
      return [level, extendedLevel];
    };
    expect(levels("pentium3")).toEqual([3, 0]);
    expect(levels("pentium3,+arat")).toEqual([6, 0]);
    expect(levels("486,xsaveopt=on,svm=on")).toEqual([0xd, 0x8000_000a]);
    expect(levels("486,3dnow=on,fsgsbase=on")).toEqual([7, 0x8000_0001]);
    expect(CpuModel.parse("486,xstore=on").centaurLevel).toBe(0xc000_0001);
    expect(CpuModel.parse("486,xstore=on,xlevel2=0xC0000002").centaurLevel).toBe(0xc000_0002);
    expect(levels("pentium3,level=2,+arat,xlevel=0x80000004")).toEqual([2, 0x8000_0004]);
    expect(levels("pentium3,min-level=0xf,min-xlevel=0x80000008")).toEqual([15, 0x8000_0008]);
    for (const wrong of ["family=x", "stepping=16", "level=-1", "vendor=short"]) {
      expect(() => CpuModel.parse(`qemu32,${wrong}`)).toThrow(CpuModelError);
    }
  });
  it("refuses what nobody knows", () => {
    expect(() => CpuModel.parse("pentium4")).toThrow(CpuModelError);
    expect(() => CpuModel.parse("max,+ssse")).toThrow('there is no feature "ssse"');
    expect(() => CpuModel.parse("max,sse=maybe")).toThrow('sse is on or off, not "maybe"');
    for (const value of [undefined, null, 5n, {}, Symbol("max")]) {
      expect(() => CpuModel.parse(value as never)).toThrow(CpuModelError);
    }
  });
});

describe("CPUID", () => {
  it("tells vendor, level, signature and brand of the model", () => {
    const [level, ebx = 0, ecx = 0, edx = 0] = cpuid("qemu64", 0);
    expect(level).toBe(13);
    expect(letters([ebx, edx, ecx])).toBe("AuthenticAMD");
    expect(cpuid("qemu64", 1)[0]).toBe(0x60fb1);
    expect(cpuid("Nehalem", 1)[0]).toBe(0x106a3);
    expect(cpuid("pentium3", 1)[0]).toBe(0x673);
    const brand = [2, 3, 4].flatMap((n) => cpuid("Nehalem", 0x80000000 + n));
    expect(letters(brand)).toBe("Intel Core i7 9xx (Nehalem Class Core i7)");
  });
  it("claims the model's features that are there", () => {
    const edx = (model: string): number => cpuid(model, 1)[EBX] ?? 0;
    expect((edx("pentium3") >>> 25) & 3).toBe(1);
    expect((edx("qemu32") >>> 25) & 3).toBe(3);
    expect((edx("max,-cmov") >>> 15) & 1).toBe(0);
    expect((cpuid("Nehalem", 1)[2] ?? 0) >>> 0).toBe(0x80982201);
  });
  it("never claims what is not there", () => {
    const everything = CpuModel.list().features;
    for (const absent of ["avx", "pcid", "invpcid", "vme", "monitor"])
      expect(everything).not.toContain(absent);
    expect((cpuid("qemu64,+lm,+avx", 1)[2] ?? 0) & (1 << 28)).toBe(0);
    expect((cpuid("qemu64,-lm", 0x80000001)[EBX] ?? 0) & (1 << 29)).toBe(0);
  });
  it("describes caches, and ends their list", () => {
    expect(cpuid("Nehalem", 4, 0)[0]).toBe(0x121);
    expect(cpuid("Nehalem", 4, 9)).toEqual([0, 0, 0, 0]);
    expect(cpuid("qemu64", 4, 0)).toEqual([0, 0, 0, 0]);
    expect(cpuid("max", 0x80000008)[0]).toBe(0x3028);
    expect(cpuid("max,-lm", 0x80000008)[0]).toBe(36);
    expect(cpuid("max,-lm,-pse36", 0x80000008)[0]).toBe(32);
  });
  it("claims an invariant time stamp counter only where it is asked for", () => {
    const isInvariant = (model: string): boolean => cpuid(model, 0x80000007)[EBX] === 0x100;
    expect(["max", "max,+invtsc", "max,+invtsc,-tsc", "qemu32,+invtsc"].map(isInvariant)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
  it("answers leaves beyond the highest as the highest basic one", () => {
    expect(cpuid("pentium3", 0x80000002)).toEqual(cpuid("pentium3", 3));
  });
});

describe("what no model has", () => {
  it("raises #UD: INVPCID", () => {
    expect(isUndefined("max,+invpcid", [0x66, 0x0f, 0x38, 0x82, 0x06, 0, 0x20])).toBe(true);
  });
  it("is no bit of CR4: PCIDE", () => {
    const loadCr4 = [0x0f, 0x22, 0xe0];
    expect(run("max,+pcid", [...loadCr4, 0xf4], { eax: 0x2_0200 }).state().cr4).toBe(0x200);
    expect(run("max", [...loadCr4, 0xf4], { eax: 0x600 }).state().cr4).toBe(0x600);
  });
});

describe("an instruction that the model has not", () => {
  const CODES: Readonly<Record<string, readonly number[]>> = {
    cmov: [0x0f, 0x44, 0xc1],
    cx8: [0x0f, 0xc7, 0x0e, 0, 0x20],
    tsc: [0x0f, 0x31],
    msr: [0x0f, 0x32],
    popcnt: [0xf3, 0x0f, 0xb8, 0xc1],
    movbe: [0x0f, 0x38, 0xf0, 0x06, 0, 0x20],
    "sse4.2": [0xf2, 0x0f, 0x38, 0xf1, 0xc1],
    "sse4.1": [0x66, 0x0f, 0x38, 0x10, 0xc1],
    ssse3: [0x66, 0x0f, 0x38, 0x00, 0xc1],
    pni: [0xf2, 0x0f, 0x12, 0xc1],
    sse2: [0x66, 0x0f, 0x58, 0xc1],
    sse: [0x0f, 0x58, 0xc1],
    mmx: [0x0f, 0x77],
    clflush: [0x0f, 0xae, 0x3e, 0, 0x20],
    fxsr: [0x0f, 0xae, 0x06, 0, 0x20],
  };
  for (const [feature, code] of Object.entries(CODES)) {
    it(`raises #UD: ${feature}`, () => {
      expect(isUndefined("max", code)).toBe(false);
      expect(isUndefined(`max,-${feature}`, code)).toBe(true);
    });
  }
});
