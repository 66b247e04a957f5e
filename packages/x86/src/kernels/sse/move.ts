/** Moves of parts of registers, and picks of lanes by an immediate byte. */
import { ValueType } from "@mem/wasm-emit";
import { AT_SCRATCH, AT_XMM } from "../../state/layout.js";
import type { Expression, Local } from "../expression.js";
import type { KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import { loadVector, shiftBy, simd, storeVector, zeroVector } from "../vector.js";
import { sseKernel } from "./operands.js";

const { i32, i64 } = ValueType;

/** 48 bytes for what is picked from at a distance that is known when it runs. */
const WINDOW = AT_SCRATCH + 16;

/** Reads lanes of 4 or 8 bytes, then writes them: the operands may be one register. */
function writeLanes(
  f: KernelFunction,
  target: Local,
  size: 2 | 4 | 8,
  lanes: readonly Expression[],
): void {
  const kept = lanes.map((lane) => f.let(lane));
  kept.forEach((lane, k) => {
    if (size === 8) f.store64(target, 8 * k, lane);
    else if (size === 4) f.store32(target, 4 * k, lane);
    else f.store16(target, 2 * k, lane);
  });
}

/** Two bits of a number, from `at` on. */
function twoBits(number: Expression, at: number): Expression {
  return number.shr(at).and(3);
}

/** Adds the kernels of this file. */
export function moveKernels(module: KernelModule): void {
  sseKernel(module, "mov32", (f, { target, source }) => f.store32(target, 0, source.load32(0)));
  sseKernel(module, "mov64", (f, { target, source }) => f.store64(target, 0, source.load64(0)));
  sseKernel(module, "mov32.zero", (f, { target, source }) => {
    const low = f.let(source.load32(0).wide());
    f.store64(target, 8, zero64(f));
    f.store64(target, 0, low);
  });
  sseKernel(module, "mov64.zero", (f, { target, source }) => {
    const low = f.let(source.load64(0));
    f.store64(target, 8, zero64(f));
    f.store64(target, 0, low);
  });
  sseKernel(module, "mov64.high", (f, { target, source }) =>
    f.store64(target, 0, source.load64(8)),
  );
  sseKernel(module, "mov64.tohigh", (f, { target, source }) =>
    f.store64(target, 8, source.load64(0)),
  );
  sseKernel(module, "movmskps", (f, { target, source }) =>
    f.store32(target, 0, simd("i32x4Bitmask", loadVector(source))),
  );
  sseKernel(module, "movmskpd", (f, { target, source }) =>
    f.store32(target, 0, simd("i64x2Bitmask", loadVector(source))),
  );
  sseKernel(module, "pmovmskb", (f, { target, source }) =>
    f.store32(target, 0, simd("i8x16Bitmask", loadVector(source))),
  );

  sseKernel(module, "pshufd", (f, { target, source, immediate }) => {
    const at = (k: number): Expression => source.add(twoBits(immediate, 2 * k).shl(2)).load32(0);
    writeLanes(f, target, 4, [at(0), at(1), at(2), at(3)]);
  });
  for (const [name, half] of [
    ["pshuflw", 0],
    ["pshufhw", 8],
  ] as const) {
    sseKernel(module, name, (f, { target, source, immediate }) => {
      const at = (k: number): Expression =>
        source.add(twoBits(immediate, 2 * k).shl(1)).load16(half);
      const lanes = [0, 1, 2, 3].map((k) => f.let(at(k)));
      f.store64(target, 8 - half, source.load64(8 - half));
      lanes.forEach((lane, k) => f.store16(target, half + 2 * k, lane));
    });
  }
  sseKernel(module, "shufps", (f, { target, source, immediate }) => {
    const at = (from: Local, k: number): Expression =>
      from.add(twoBits(immediate, 2 * k).shl(2)).load32(0);
    writeLanes(f, target, 4, [at(target, 0), at(target, 1), at(source, 2), at(source, 3)]);
  });
  sseKernel(module, "shufpd", (f, { target, source, immediate }) => {
    const at = (from: Local, k: number): Expression =>
      from.add(immediate.shr(k).and(1).shl(3)).load64(0);
    writeLanes(f, target, 8, [at(target, 0), at(source, 1)]);
  });

  for (const [name, size] of [
    ["pblendw", 2],
    ["blendps", 4],
    ["blendpd", 8],
  ] as const) {
    sseKernel(module, name, (f, { target, source, immediate }) => {
      for (let k = 0; k < 16 / size; k++) {
        const from = source.when(immediate.shr(k).and(1), target);
        writeOne(f, target, size, size * k, from);
      }
    });
  }
  for (const [name, shift, bits] of [
    ["pblendvb", "i8x16ShrS", 7],
    ["blendvps", "i32x4ShrS", 31],
    ["blendvpd", "i64x2ShrS", 63],
  ] as const) {
    sseKernel(module, name, (f, { state, target, source }) => {
      const mask = shiftBy(shift, loadVector(state, AT_XMM), bits);
      storeVector(f, target, simd("v128Bitselect", loadVector(source), loadVector(target), mask));
    });
  }

  sseKernel(module, "palignr", (f, { state, target, source, immediate }) => {
    storeVector(f, state, loadVector(source), WINDOW);
    storeVector(f, state, loadVector(target), WINDOW + 16);
    storeVector(f, state, zeroVector(), WINDOW + 32);
    storeVector(f, target, fromWindow(state, atMost(immediate, 32)));
  });
  sseKernel(module, "psrldq", (f, { state, target, immediate }) => {
    storeVector(f, state, loadVector(target), WINDOW);
    storeVector(f, state, zeroVector(), WINDOW + 16);
    storeVector(f, target, fromWindow(state, atMost(immediate, 16)));
  });
  sseKernel(module, "pslldq", (f, { state, target, immediate }) => {
    storeVector(f, state, zeroVector(), WINDOW);
    storeVector(f, state, loadVector(target), WINDOW + 16);
    storeVector(f, target, fromWindow(state.add(16), atMost(immediate, 16).mul(-1)));
  });

  for (const [name, size] of [
    ["pinsrb", 1],
    ["pinsrw", 2],
    ["pinsrd", 4],
  ] as const) {
    sseKernel(module, name, (f, { target, source, immediate }) => {
      const at = target.add(immediate.and(16 / size - 1).mul(size));
      const value = source.load32(0);
      if (size === 1) f.store8(at, 0, value);
      else if (size === 2) f.store16(at, 0, value);
      else f.store32(at, 0, value);
    });
  }
  for (const [name, size] of [
    ["pextrb", 1],
    ["pextrw", 2],
    ["pextrd", 4],
  ] as const) {
    sseKernel(module, name, (f, { target, source, immediate }) => {
      const at = source.add(immediate.and(16 / size - 1).mul(size));
      f.store32(target, 0, size === 1 ? at.load8(0) : size === 2 ? at.load16(0) : at.load32(0));
    });
  }
  sseKernel(module, "pinsrq", (f, { target, source, immediate }) => {
    f.store64(target.add(immediate.and(1).shl(3)), 0, source.load64(0));
  });
  sseKernel(module, "pextrq", (f, { target, source, immediate }) => {
    f.store64(target, 0, source.add(immediate.and(1).shl(3)).load64(0));
  });
  // From memory there is one number, whatever the immediate says.
  for (const name of ["insertps", "insertps.mem"]) {
    sseKernel(module, name, (f, { target, source, immediate }) => {
      const from = name === "insertps" ? source.add(twoBits(immediate, 6).shl(2)) : source;
      const value = f.let(from.load32(0));
      f.store32(target.add(twoBits(immediate, 4).shl(2)), 0, value);
      for (let k = 0; k < 4; k++) {
        f.if(immediate.shr(k).and(1), () => f.store32(target, 4 * k, f.local(i32)));
      }
    });
  }
}

/** A local that nobody sets. */
function zero64(f: KernelFunction): Local {
  return f.local(i64);
}
function atMost(value: Expression, most: number): Expression {
  return value.when(value.ltU(most), most);
}
function fromWindow(state: Expression, distance: Expression): Expression {
  return loadVector(state.add(distance), WINDOW);
}
function writeOne(
  f: KernelFunction,
  target: Local,
  size: 2 | 4 | 8,
  offset: number,
  from: Expression,
): void {
  if (size === 8) f.store64(target, offset, from.load64(offset));
  else if (size === 4) f.store32(target, offset, from.load32(offset));
  else f.store16(target, offset, from.load16(offset));
}
