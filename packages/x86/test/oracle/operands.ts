import { Random } from "@mem/common";

/** Random operands that like the corners: reproducible from a seed. */
export class Operands extends Random {
  /** 32 bits, unsigned. */
  u32(): number {
    return this.next();
  }
  /** 64 bits, unsigned. */
  u64(): bigint {
    return this.bits(64);
  }

  /** A significand without its leading bit: often few bits, or many, at either end. */
  fraction(bits: number): bigint {
    const all = (1n << BigInt(bits)) - 1n;
    const any = this.u64() & all;
    switch (this.below(8)) {
      case 0:
        return 0n;
      case 1:
        return all;
      case 2:
        return BigInt(this.below(4));
      case 3:
        return all - BigInt(this.below(4));
      case 4:
        return 1n << BigInt(this.below(bits));
      case 5:
        return all ^ ((1n << BigInt(this.below(bits))) - 1n);
      default:
        return any;
    }
  }
  /**
   * An IEEE number as bits: zeros, denormals, infinities, quiet and signalling NaNs, numbers near the
   * ends of the range, and, mostly, near each other.
   */
  float(exponentBits: number, fractionBits: number): bigint {
    const top = (1 << exponentBits) - 1;
    const bias = top >> 1;
    let fraction = this.fraction(fractionBits);
    let exponent: number;
    switch (this.below(16)) {
      case 0:
        exponent = 0;
        fraction = 0n;
        break;
      case 1:
        exponent = 0;
        break;
      case 2:
        exponent = top;
        fraction = 0n;
        break;
      case 3:
        exponent = top;
        break;
      case 4:
        exponent = 1 + this.below(3);
        break;
      case 5:
        exponent = top - 1 - this.below(3);
        break;
      case 6:
        exponent = this.below(top + 1);
        break;
      case 7:
        exponent = (bias >> 1) + this.below(8) - 4;
        break;
      case 8:
        exponent = bias + (bias >> 1) + this.below(8) - 4;
        break;
      case 9:
        exponent = bias + 20 + this.below(50);
        break;
      default:
        exponent = bias + this.below(2 * fractionBits) - fractionBits;
    }
    exponent = Math.min(Math.max(exponent, 0), top);
    const sign = BigInt(this.below(2));
    return (((sign << BigInt(exponentBits)) | BigInt(exponent)) << BigInt(fractionBits)) | fraction;
  }
  single(): number {
    return Number(this.float(8, 23));
  }
  double(): bigint {
    return this.float(11, 52);
  }
  /** A word of 64 bits whose bytes, words or doublewords like 0, 1, -1 and the ends of the range. */
  integers(): bigint {
    const size = this.pick([1, 2, 4, 8]);
    const bits = BigInt(8 * size);
    const least = 1n << (bits - 1n);
    let value = 0n;
    for (let k = 0; k < 8; k += size) {
      const corner = this.pick([0n, 1n, -1n, least, least - 1n, least + 1n, 2n, 0x80n]);
      value = (value << bits) | BigInt.asUintN(8 * size, this.below(2) === 0 ? corner : this.u64());
    }
    return BigInt.asUintN(64, value);
  }
}
