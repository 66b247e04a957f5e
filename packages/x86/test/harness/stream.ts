/** One item of a program's output stream (the format is described in asm/driver.inc). */
export type Item =
  | { readonly kind: "label"; readonly text: string }
  | { readonly kind: "record"; readonly mask: number; readonly values: readonly number[] }
  | { readonly kind: "memory"; readonly address: number; readonly bytes: Uint8Array }
  | { readonly kind: "expect"; readonly expected: number; readonly actual: number }
  | { readonly kind: "end" }
  | { readonly kind: "broken"; readonly at: number; readonly byte: number };

/** Names of the slots a record may carry, by bit of its mask; see asm/lib.inc. */
const SLOT_NAMES = (
  "in.eax in.ecx in.edx in.ebx in.esi in.edi in.ebp in.fl " +
  "eax ecx edx ebx esi edi ebp esp fl vec err eip cs ss ds es fs gs cr2 x0 x1 x2 x3 x4"
).split(" ");

/** Splits a stream into its items. A stream cut short ends in a `broken` item, never in a throw. */
export function decode(stream: Uint8Array): Item[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const items: Item[] = [];
  let at = 0;
  const u32 = (): number => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  while (at < stream.length) {
    const start = at;
    const tag = String.fromCharCode(stream[at++] ?? 0);
    try {
      if (tag === "L") {
        const end = stream.indexOf(0, at);
        if (end < 0) throw new RangeError("label without an end");
        items.push({ kind: "label", text: String.fromCharCode(...stream.subarray(at, end)) });
        at = end + 1;
      } else if (tag === "R") {
        const mask = u32();
        const values: number[] = [];
        for (let bit = 0; bit < 32; bit++) if ((mask >>> bit) & 1) values.push(u32());
        items.push({ kind: "record", mask, values });
      } else if (tag === "M") {
        const address = u32();
        const length = view.getUint16(at, true);
        const bytes = stream.subarray(at + 2, at + 2 + length);
        if (bytes.length < length) throw new RangeError("memory cut short");
        items.push({ kind: "memory", address, bytes });
        at += 2 + length;
      } else if (tag === "A") {
        items.push({ kind: "expect", expected: u32(), actual: u32() });
      } else if (tag === "E") {
        items.push({ kind: "end" });
      } else {
        throw new RangeError("unknown tag");
      }
    } catch {
      items.push({ kind: "broken", at: start, byte: stream[start] ?? 0 });
      break;
    }
  }
  return items;
}

function hex(value: number): string {
  return value.toString(16);
}

/** The item as one line for people. With `other`, record values that differ from it are starred. */
export function formatItem(item: Item, other?: Item): string {
  switch (item.kind) {
    case "label":
      return item.text;
    case "record": {
      const names = SLOT_NAMES.filter((_, bit) => (item.mask >>> bit) & 1);
      const against = other?.kind === "record" && other.mask === item.mask ? other.values : null;
      return names
        .map((name, i) => {
          const star = against !== null && against[i] !== item.values[i] ? "*" : "";
          return `${star}${name}=${hex(item.values[i] ?? 0)}`;
        })
        .join(" ");
    }
    case "memory":
      return `[${hex(item.address)}] ${Buffer.from(item.bytes).toString("hex")}`;
    case "expect":
      return `expected ${hex(item.expected)}, is ${hex(item.actual)}`;
    case "end":
      return "(end of program)";
    case "broken":
      return `(stream broken at byte ${item.at}: ${hex(item.byte)})`;
  }
}
