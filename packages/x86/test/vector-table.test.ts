import { describe, expect, it } from "vitest";
import { expectPage } from "./page.js";
import { SseTable, type SseRow } from "../src/index.js";

const HEAD = `# MMX and SSE instructions of the processor

What \`operations/mmx/rows.ts\` and \`operations/sse/rows.ts\` of \`@mem/x86\` say, one line an instruction:
feature, encoding (\`/r\`: a ModRM byte, \`/n\`: with that number in its middle, \`ib\`: a byte follows),
mnemonic, operands. Where an operand may be in memory, \`m\` says of how many bits; \`m128\` must lie at a
multiple of 16, \`m128u\` need not. A test writes this page from the table: after a change,
\`MEM_X86_PAGES=1 npm run test:unit -- --project @mem/x86 vector-table\`.

`;

const KINDS: Readonly<Record<string, string>> = {
  V: "xmm",
  W: "xmm",
  U: "xmm",
  P: "mm",
  Q: "mm",
  N: "mm",
  G: "r32",
  E: "r32",
  R: "r32",
};

function operand(text: string): string {
  const [, kind = "", bytes = "", unaligned = ""] = /^(.)(\d*)(u?)$/.exec(text) ?? [];
  if (kind === "I") return "imm8";
  const memory = bytes === "" ? "" : `m${Number(bytes) * 8}${unaligned}`;
  return [KINDS[kind] ?? "", memory].filter((part) => part !== "").join("/");
}

function encoding({ prefix, opcode, extension, hasImmediate }: SseRow): string {
  const digits = opcode.toString(16).padStart(opcode > 0xffff ? 6 : 4, "0");
  const bytes = digits.match(/../g) ?? [];
  const modrm = extension < 0 ? "/r" : `/${extension}`;
  return [prefix, ...bytes, modrm, hasImmediate ? "ib" : ""]
    .filter((part) => part !== "")
    .join(" ");
}

function line(row: SseRow): string {
  const operands = row.operands.split(" ").map(operand).join(", ");
  const columns = [row.feature.padEnd(7), encoding(row).padEnd(18), row.mnemonic.padEnd(11)];
  return `${columns.join(" ")} ${operands}`;
}

describe("the table of vector instructions", () => {
  const rows = new SseTable().rows();

  it("is what the page says", () => {
    const sorted = [...rows].sort((a, b) => {
      const [x, y] = [a, b].map(({ opcode }) => (opcode > 0xffff ? opcode : opcode << 8));
      return (x ?? 0) - (y ?? 0);
    });
    const text = `${HEAD}\`\`\`text\n${sorted.map(line).join("\n")}\n\`\`\`\n`;
    expectPage("X86-VECTORS.md", text);
  });

  it("has no two instructions with one encoding", () => {
    const seen = new Map<string, string>();
    const twice: string[] = [];
    for (const row of rows) {
      const forms = [row.isMemoryOnly ? "" : "r", row.bytes === 0 ? "" : "m"];
      for (const form of forms.filter((each) => each !== "")) {
        const key = `${row.prefix} ${row.opcode} ${row.extension} ${form}`;
        const other = seen.get(key);
        if (other !== undefined) twice.push(`${other} and ${row.mnemonic}`);
        seen.set(key, row.mnemonic);
      }
    }
    expect(twice).toEqual([]);
  });
});
