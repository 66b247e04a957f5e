/** Comparisons of strings, checksums, counts of bits. */
import { ValueType } from "@mem/wasm-emit";
import { AT_REGISTERS, AT_XMM } from "../../state/layout.js";
import type { Expression, Local } from "../expression.js";
import { int } from "../expression.js";
import type { KernelFunction } from "../kernel-function.js";
import type { KernelModule } from "../kernel-module.js";
import type { SseOperands } from "./operands.js";
import { sseKernel } from "./operands.js";

const { i32, i64 } = ValueType;

/** The bit-reversed polynomial of CRC-32C. */
const CASTAGNOLI = 0x82f63b78;
const EAX = AT_REGISTERS;
const ECX = AT_REGISTERS + 4;
const EDX = AT_REGISTERS + 8;

/** Adds the kernels of this file. */
export function textKernels(module: KernelModule): void {
  for (const size of [1, 2, 4] as const) {
    sseKernel(module, `crc32.${size}`, (f, { target, source }) => {
      const value = size === 1 ? source.load8(0) : size === 2 ? source.load16(0) : source.load32(0);
      const crc = f.let(target.load32(0).xor(value));
      const count = f.local(i32);
      f.while(count.ltU(8 * size), () => {
        f.set(crc, crc.shr(1).xor(int(0).sub(crc.and(1)).and(CASTAGNOLI)));
        f.set(count, count.add(1));
      });
      f.store32(target, 0, crc);
    });
  }
  for (const explicit of [true, false]) {
    for (const isMask of [true, false]) {
      const name = `pcmp${explicit ? "e" : "i"}str${isMask ? "m" : "i"}`;
      sseKernel(module, name, (f, operands) => compareStrings(f, operands, explicit, isMask));
    }
  }
}

/** Lengths of both strings in elements, at most a register's. */
function lengths(
  f: KernelFunction,
  { state, target, source }: SseOperands,
  explicit: boolean,
  isWords: Local,
  most: Local,
): [Local, Local] {
  const one = (at: Local, register: number): Local => {
    if (explicit) {
      const given = state.load32(register);
      const sign = given.sar(31);
      const size = f.let(given.xor(sign).sub(sign));
      return f.let(size.when(size.ltU(most), most));
    }
    const length = f.local(i32);
    f.block((leave) => {
      f.while(length.ltU(most), () => {
        f.leaveIf(element(at, length, isWords).not(), leave);
        f.set(length, length.add(1));
      });
    });
    return length;
  };
  return [one(target, EAX), one(source, EDX)];
}

function element(at: Local, index: Expression, isWords: Local): Expression {
  return at.add(index.shl(1)).load16(0).when(isWords, at.add(index).load8(0));
}

function compareStrings(
  f: KernelFunction,
  operands: SseOperands,
  explicit: boolean,
  isMask: boolean,
): void {
  const { state, target, source, immediate } = operands;
  const isWords = f.let(immediate.and(1));
  const isSigned = f.let(immediate.and(2));
  const how = f.let(immediate.shr(2).and(3));
  const most = f.let(int(16).shr(isWords));
  const [lengthA, lengthB] = lengths(f, operands, explicit, isWords, most);
  const number = (at: Local, index: Expression): Expression => {
    const value = element(at, index, isWords);
    const shift = int(16).when(isWords, 24);
    return value.shl(shift).sar(shift).when(isSigned, value);
  };
  const result = f.local(i32);
  const i = f.local(i32);
  const j = f.local(i32);
  const isTrue = f.local(i32);
  const add = (): void => f.set(result, result.or(isTrue.shl(j)));
  f.while(j.ltU(most), () => {
    const b = f.let(number(source, j));
    const isInB = f.let(j.ltU(lengthB));
    f.set(isTrue, 0);
    // Any of a set; in ranges, which are pairs.
    f.if(how.ltU(2), () => {
      f.if(isInB, () => {
        f.set(i, 0);
        f.while(i.ltU(lengthA), () => {
          const a = f.let(number(target, i));
          f.if(
            how,
            () => {
              const isPair = i.add(1).ltU(lengthA);
              const isWithin = b.ge(a).and(b.le(number(target, i.add(1))));
              f.set(isTrue, isTrue.or(isPair.and(isWithin)));
              f.set(i, i.add(2));
            },
            () => {
              f.set(isTrue, isTrue.or(a.eq(b)));
              f.set(i, i.add(1));
            },
          );
        });
      });
    });
    // Equal at each place; beyond both ends counts as equal.
    f.if(how.eq(2), () => {
      const isInA = j.ltU(lengthA);
      const both = isInA.and(isInB);
      const neither = isInA.or(isInB).not();
      f.set(isTrue, neither.or(both.and(number(target, j).eq(b))));
    });
    // The first string begins at this place of the second, as far as the register goes.
    f.if(how.eq(3), () => {
      f.set(isTrue, 1);
      f.set(i, 0);
      f.while(i.ltU(lengthA).and(i.add(j).ltU(most)), () => {
        const place = f.let(i.add(j));
        const isSame = place.ltU(lengthB).and(number(target, i).eq(number(source, place)));
        f.set(isTrue, isTrue.and(isSame));
        f.set(i, i.add(1));
      });
    });
    add();
    f.set(j, j.add(1));
  });
  const all = f.let(int(1).shl(most).sub(1));
  const valid = int(1).shl(lengthB).sub(1);
  f.if(immediate.and(0x10), () => f.set(result, result.xor(valid.when(immediate.and(0x20), all))));
  const carry = f.let(result.ne(0));
  const overflow = f.let(result.and(1));
  const flags = f.let(
    carry.or(lengthB.ltU(most).shl(6)).or(lengthA.ltU(most).shl(7)).or(overflow.shl(11)),
  );
  if (isMask) writeMask(f, state, result, isWords, immediate);
  else {
    const last = int(31).sub(result.clz());
    const index = last.when(immediate.and(0x40), result.ctz());
    f.store32(state, ECX, index.when(result, most));
  }
  f.results(flags);
}

/** Writes the mask to XMM0: its bits, or a lane of ones for each. */
function writeMask(
  f: KernelFunction,
  state: Local,
  mask: Local,
  isWords: Local,
  immediate: Expression,
): void {
  f.if(
    immediate.and(0x40),
    () => {
      for (let k = 0; k < 16; k++) {
        const bit = mask.shr(int(k >> 1).when(isWords, k)).and(1);
        f.store8(state, AT_XMM + k, int(0).sub(bit));
      }
    },
    () => {
      f.store64(state, AT_XMM, mask.wide());
      f.store64(state, AT_XMM + 8, f.local(i64));
    },
  );
}
