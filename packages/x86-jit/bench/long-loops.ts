/** Loops of 64-bit code for the processor to run at 0x100000 in long mode; none ends by itself soon. */

/** A loop. */
export interface LongLoop {
  readonly name: string;
  /** Its bytes, in pieces by offset, as hexadecimal text. */
  readonly pieces: readonly (readonly [offset: number, bytes: string])[];
}

/** A loop of one piece. */
function loop(name: string, ...bytes: readonly string[]): LongLoop {
  return { name, pieces: [[0, bytes.join("")]] };
}
/** A loop whose second piece is in another page. */
function pair(name: string, first: string, second: string): LongLoop {
  return {
    name,
    pieces: [
      [0, first],
      [0x1000, second],
    ],
  };
}

/** A thousand pieces of code that jump to each other in a ring: add; xor; jmp. */
function ring(): LongLoop {
  const count = 1000;
  const pieces = Array.from({ length: count }, (_, k) => {
    const distance = (((k + 379) % count) - k) * 32 - 14;
    return [32 * k, `4805${word(k)}4831c2e9${word(distance)}`] as const;
  });
  return { name: "ring", pieces };
}
/** Four bytes, the lowest first. */
function word(value: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => (value >> shift) & 255);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The loops that are measured. */
export const longLoops: readonly LongLoop[] = [
  // Add; xor; lea; sub; rol; and; or; dec; jnz in 64 bits.
  loop(
    "alu64",
    "48b900000000400000004801d84831c2488d7456054829f348c1c0034881e2ffffff7f4883ca0148ffc9",
    "0f85daffffff",
  ),
  // The same in 32 bits, with R8 to R11.
  loop(
    "alu32",
    "b9000000404501c84531c2478d5c53054529d941c1c0034181e2ffffff7f4183ca01ffc90f85dbffffff",
  ),
  // Add; adc; cmp; jb; sub; sbb; test; jz; neg; cmp; setg; dec; jnz.
  loop(
    "flags64",
    "48b900000000400000004805452301004883d2074839d00f820300000048ffc34829c24883de0348f7c6",
    "040000000f840300000048f7df4883ff050f9fc348ffc90f85c3ffffff",
  ),
  // Adds two numbers of 512 bits: mov; adc; mov, eight times.
  loop(
    "bignum",
    "48be000002000000000048bf001002000000000031c0488b06481307488907488b460848134708488947",
    "08488b46104813471048894710488b46184813471848894718488b46204813472048894720488b462848",
    "13472848894728488b46304813473048894730488b46384813473848894738e99cffffff",
  ),
  // Mul of 64 by 64 bits, as generators of random numbers have it.
  loop("mul64", "48bb157c4a7fb979379e4889d848f7e34831d04801c848ffc1e9efffffff"),
  // A linear congruence: imul; add; shr; xor.
  loop("imul64", "48bb2d7f954c2df45158480fafc34805393000004889c248c1ea214831d648ffc9e9e4ffffff"),
  // Div by 10 of 32 bits, the digits of a number.
  loop("div32", "bb0a000000b815cd5b0731d2f7f301d685c00f85f2ffffffe9e8ffffff"),
  // Div of 64 bits: greatest common divisors.
  loop(
    "div64",
    "48b8efcdab896745230148bb21436587a9cbed0f4801c848ffc131d248f7f34889d84889d34885d20f85",
    "ecffffffe9cdffffff",
  ),
  // Shl, shr, sar, rol, shld by numbers and by CL.
  loop(
    "shifts",
    "48b8efcdab89674523014889c248c1e20d4831d04889c248c1ea074831d0480fa4c31148d3fa4801d348",
    "d3c6ffc1e9d7ffffff",
  ),
  // Bsf; btr; popcnt; bt; bswap.
  loop(
    "bits",
    "48b85a5aff003412f0f04801c848ffc1480fbcd0480fb3d0f3480fb8d84801de480fca480fbae0114811",
    "d74885c00f85dcffffffe9c7ffffff",
  ),
  // Clears 32 KiB, then the sieve of Eratosthenes.
  loop(
    "sieve",
    "bf00000200b90010000031c04889074883c708ffc90f85f1ffffffbe0200000080be00000200000f852b",
    "0000004889f7480fafff4881ff008000000f8317000000c68700000200014801f74881ff008000000f82",
    "e9ffffff48ffc64881fe008000000f82b8ffffffe993ffffff",
  ),
  // The CRC-32 of 16 KiB by a table.
  loop(
    "crc",
    "bf0000020031db89d8b908000000d1e80f8305000000352083b8edffc90f85ebffffff89049fffc381fb",
    "000100000f82d3ffffffbe00000300b900400000b8ffffffff0fb61630c2c1e80833049748ffc648ffc9",
    "0f85e9ffffffe9d5ffffff",
  ),
  // Two loads and two stores of 8 bytes, over 128 KiB.
  loop(
    "loadstore",
    "be00000200bf00000500b900200000488b064801c8488907488b56084831c2488957084883c6104883c7",
    "1048ffc90f85dbffffffe9c7ffffff",
  ),
  // Changes the case of bytes.
  loop(
    "str8",
    "be00000200bf00000500b9004000008a06040334c43c7a0f86020000002c20880748ffc648ffc748ffc9",
    "0f85dfffffffe9cbffffff",
  ),
  // Scans a string for its end, byte by byte, and by words of 8 bytes.
  loop(
    "strlen",
    "49b8010101010101010149b98080808080808080bf00000200b90008000048b848474645444342414889",
    "04cfffc90f89f4ffffffc687ff3f00000048be0000020000000000488b064889c24c29c248f7d04821c2",
    "4883c6084c85ca0f84e4ffffffe9d5ffffff",
  ),
  // Follows a list through memory: each load waits for the one before.
  loop(
    "lists",
    "bf00000200b9000400004889f8488d98401000004881e3ffff01004881cb000002004889184889d8ffc9",
    "0f85ddffffff4889384889f8488b0048ffc2e9f5ffffff",
  ),
  // Calls a function of one addition in another page.
  pair(
    "calls",
    "48b900000000400000004889c8e8ee0f00004801c248ffc90f85ecffffffe9e7ffffff",
    "4883c003c3",
  ),
  // Fibonacci by recursion: push; call; pop; ret.
  loop(
    "fib",
    "bf0f000000e805000000e9f1ffffff83ff020f821700000057ffcfe8efffffff5f508d7ffee8e5ffffff",
    "5a4801d0c389f8c3",
  ),
  // Calls by a table of functions.
  pair(
    "pointers",
    "4c8d05f90f0000488d052d000000498900488d052800000049894008488d05210000004989401049894018ffc189ca83e20341ff14d0e9f0ffffff4883c603c34831cec3488d740e01c3",
    "0000000000000000000000000000000000000000000000000000000000000000",
  ),
  // Push, mov, sub, loads and stores by RBP, leave.
  loop(
    "frames",
    "e805000000e9f6ffffff554889e5534883ec1848897de84883c705488b5de84801fb4889d8488b5df8c9",
    "c3",
  ),
  // Counters in memory by RIP.
  pair(
    "relative",
    "48ff05f90f0000488b05f20f0000480105f30f0000483b05f40f00000f85deffffffe9d9ffffff",
    "00000000000000000000000000000000ffffffffffffffff",
  ),
  // Counters in memory by GS.
  loop("percpu", "65488b0425200000006548ff04252800000065480104253000000048ffc9e9ddffffff"),
  // The least, the greatest and a rank: cmp; cmov; setcc; movzx.
  loop(
    "select",
    "48be00000200000000004869c0cd0d010048ffc04839d8480f4cd84839d0480f4fd04885c0400f98c740",
    "0fb6ff4801fe4c63c04d01c1e9cfffffff",
  ),
  // Rep movsq and rep stosq of 2 KiB each.
  loop("copies", "fcbe00000200bf00000300b900010000f348a5b900010000f348abe9e1ffffff"),
  // A thousand pieces of code that jump to each other.
  ring(),
  // Mulsd; addsd; cvttsd2si; cvtsi2sd.
  loop(
    "double",
    "48b89a9999999999b93f66480f6ec866480f6ed0b801000000f20f59c1f20f58c2f2480f2cd04801d0f2",
    "480f2ad8f2440f58cbe9e1ffffff",
  ),
];
