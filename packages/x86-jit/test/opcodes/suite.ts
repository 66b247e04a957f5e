import { CodeWriter, type ModuleWriter } from "@mem/wasm-emit";
import { describe, expect, it } from "vitest";
import type { UnitMode } from "../../src/emit/unit-mode.js";
import { beginModule, UNIT_TYPE } from "../../src/engine/modules.js";
import { translateRegion } from "../../src/emit/unit.js";
import { findRegion } from "../../src/region/region.js";

const MODRMS = [0x00, 0x06, 0x44, 0x85, 0xc0, 0xc3, 0xe6, 0xff, 0x05, 0x34];

/** Behind 0F 38 and 0F 3A one form is as another. */
const FEW_MODRMS = [0x06, 0x85, 0xc3];
const PREFIXES = [[], [0x66], [0x67], [0xf2], [0xf3], [0x26], [0xf0]];
const LONG_PREFIXES = [
  [],
  [0x66],
  [0x67, 0x49],
  [0xf2],
  [0xf3, 0x48],
  [0x65, 0x45],
  [0x48],
  [0x66, 0x4d],
];
const MEMORY = new WebAssembly.Memory({ initial: 1 });

/** Adds the translation of an instruction to a module, unless there is none. */
function addUnit(module: ModuleWriter, bytes: readonly number[], mode: UnitMode): void {
  const page = new Uint8Array(4096).fill(0xf4);
  page.set(bytes, 0x100);
  const { code32 } = mode;
  const region = findRegion(
    {
      bytes: page,
      at: 0,
      following: null,
      page: 0x1000,
      longPage: mode.isLong ? 0x1000 : null,
      code32,
      sse: true,
      fpu: true,
      changesIf: true,
      usesPorts: true,
      tellsPause: false,
      hasFeature: () => true,
    },
    0x100,
    { instructions: 50, isWarm: () => true, isSeen: () => true },
    () => false,
  );
  const placement = {
    state: 0,
    kernelNumber: () => 0,
    isLinked: true,
    runNumber: null,
    page: 0x1000,
  };
  module.addFunction(
    UNIT_TYPE,
    translateRegion(new CodeWriter(), region, mode, placement, UNIT_TYPE),
  );
}

/** Of instructions, those whose translation is none as WebAssembly sees it. */
function invalid(all: readonly (readonly number[])[], mode: UnitMode): readonly number[][] {
  const module = beginModule(MEMORY);
  for (const bytes of all) addUnit(module, bytes, mode);
  if (WebAssembly.validate(module.finish())) return [];
  // One module for all says that something is wrong, not which.
  if (all.length === 1) return [[...(all[0] ?? [])]];
  const alone = all.flatMap((bytes) => invalid([bytes], mode));
  return alone.length > 0 ? alone : all.map((bytes) => [...bytes]);
}

/**
 * Declares the tests of what every opcode is translated to.
 * @param share of the forms, one in so many is tried, 1 to 7: each opcode with every prefix and every ModRM still is
 */
export function declareOpcodes(share: number): void {
  describe("every opcode", () => {
    for (const bits of [16, 32, 64]) {
      const code32 = bits === 32;
      for (const flat of bits === 64 ? [true] : [true, false]) {
        it(`is valid WebAssembly, ${bits} bits, ${flat ? "flat" : "segments"}`, () => {
          const mode: UnitMode = {
            isLong: bits === 64,
            code32,
            stack32: code32,
            user: false,
            flatCode: flat,
            flatSegments: flat ? 0b1101 : 0,
            context: 1,
          };
          const wrong: string[] = [];
          for (let opcode = 0; opcode < 1024; opcode++) {
            for (const bytes of invalid(formsOf(opcode, bits, share), mode)) {
              wrong.push(bytes.map((b) => b.toString(16)).join(" "));
            }
          }
          expect(wrong).toEqual([]);
        });
      }
    }
  });
}

function formsOf(opcode: number, bits: number, share: number): readonly number[][] {
  const forms: number[][] = [];
  const modrms = opcode < 512 ? MODRMS : FEW_MODRMS;
  const step = Math.min(share, modrms.length);
  for (const [m, modrm] of modrms.entries()) {
    for (const [p, prefix] of (bits === 64 ? LONG_PREFIXES : PREFIXES).entries()) {
      if ((m + p + opcode) % step !== 0) continue;
      const map = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]][opcode >> 8] ?? [];
      const code = [...map, opcode & 255];
      forms.push([...prefix, ...code, modrm, 0x24, 2, 3, 4, 5, 6, 7, 8]);
    }
  }
  return forms;
}
