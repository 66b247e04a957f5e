import { describe, expect, it } from "vitest";
import { opcodeRowsInOrder } from "../src/opcodes/opcode-table.js";
import type { OpcodeRow } from "../src/opcodes/opcode-row.js";
import { hasModrm } from "../src/opcodes/operand-shape.js";
import { X86Cpu } from "../src/index.js";
import { expectPage } from "./page.js";
import { SimpleBus } from "./simple-bus.js";

const HEAD = `# Instructions of the processor

What \`packages/x86/src/opcodes\` says, one line an encoding: code, mnemonic, operands, AT&T's mnemonic where it
differs, where it exists, what CPUID claims it by. \`+r\`: the opcode's low bits name a register; \`/r\`: a ModRM byte,
\`/n\`: with that number in its middle, \`+i\`: with an x87 register. The lengths of instructions and the
disassembler come from this table; a test executes every line and looks whether the processor knows it. MMX and SSE
have a page of their own,
[X86-VECTORS.md](X86-VECTORS.md). A test writes this page: after a change,
\`MEM_X86_PAGES=1 npm run test:unit -- --project @mem/x86 opcode-table\`.

`;

function encoding(row: OpcodeRow): string {
  const opcode = row.opcode.toString(16).padStart(2, "0") + (row.isInOpcode ? "+r" : "");
  const modrm =
    row.modrm >= 0
      ? row.modrm.toString(16).padStart(2, "0") + (row.isStackRegister ? "+i" : "")
      : row.extension >= 0
        ? `/${row.extension}`
        : hasModrm(row)
          ? "/r"
          : "";
  const map = (row.map.match(/../g) ?? []).join(" ");
  return [row.prefix, map, opcode, modrm].filter((part) => part !== "").join(" ");
}

function line(row: OpcodeRow): string {
  const marks = [
    row.form === "any" ? "" : `${row.form} only`,
    row.where === "everywhere" ? "" : row.where,
    row.size64 === "usual" ? "" : row.size64,
    row.feature === "" ? "" : `@${row.feature}`,
  ].filter((part) => part !== "");
  const att = row.attMnemonic.replace("$", row.attSuffix.length > 0 ? `.${row.attSuffix}` : "");
  const name = att === row.mnemonic ? row.mnemonic : `${row.mnemonic} (${att})`;
  return [encoding(row).padEnd(14), name.padEnd(24), row.operands.join(", ").padEnd(14), ...marks]
    .join(" ")
    .trimEnd();
}

const isVector = (row: OpcodeRow): boolean => row.operands.some((text) => text.startsWith("v"));

/** Does the processor raise #UD for an encoding in flat 32-bit code at CPL 0? */
function isUndefined(row: OpcodeRow, cpu: X86Cpu, memory: SimpleBus): boolean {
  const modrm =
    row.modrm >= 0
      ? row.modrm
      : (row.form === "register" ? 0xc1 : 0x05) | (Math.max(0, row.extension) << 3);
  const bytes = [
    ...(row.prefix === "" ? [] : [Number.parseInt(row.prefix, 16)]),
    ...(row.map.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
    row.opcode,
    ...(hasModrm(row) ? [modrm, 0x00, 0x20, 0x00, 0x00] : []),
    ...[0, 0, 0, 0, 0, 0],
  ];
  memory.bytes.fill(0x90, 0x1000, 0x1020);
  memory.bytes.set(bytes, 0x1000);
  cpu.setState({ eip: 0x1000, esp: 0x8000, eflags: 2, halted: false });
  cpu.run(1);
  return cpu.state().eip === 0xc00 + 6 * 4;
}

describe("the table of instructions", () => {
  const rows = opcodeRowsInOrder();

  it("is what the page says", () => {
    const text = rows
      .filter((row) => !isVector(row))
      .map(line)
      .join("\n");
    expectPage("X86-INSTRUCTIONS.md", `${HEAD}\`\`\`text\n${text}\n\`\`\`\n`);
  });

  it("says of each line how it is read", () => {
    for (const row of rows) {
      expect(row.mnemonic, encoding(row)).toMatch(/^[a-z][a-z0-9|_]+$/);
      expect(Number.isInteger(row.opcode), row.mnemonic).toBe(true);
    }
  });

  it("has nothing that the processor does not know, but what is named here", () => {
    const memory = new SimpleBus(1 << 20);
    const cpu = new X86Cpu({ memory, io: new SimpleBus(0), acknowledgeInterrupt: () => 0 });
    setUp(cpu, memory);
    const unknown = rows
      .filter((row) => row.where !== "only-64" && !isVector(row))
      .flatMap((row) => {
        const registers = row.isStackRegister ? [0, 1, 2, 3, 4, 5, 6, 7] : [0];
        return registers.map((n) => (row.isStackRegister ? { ...row, modrm: row.modrm + n } : row));
      })
      .filter((row) => {
        setUp(cpu, memory);
        return isUndefined(row, cpu, memory);
      })
      .map((row) => `${encoding(row)} ${row.mnemonic}`);
    expect(unknown).toEqual(EXPECTED_UNDEFINED);
  });
});

/** UD0, UD1 and UD2 are there to be undefined; the others are features that are missing. */
const EXPECTED_UNDEFINED: readonly string[] = [
  ...["0f 01 c8 monitor", "0f 01 c9 mwait", "0f 01 d0 xgetbv", "0f 01 d1 xsetbv"],
  // Outside 64-bit code only AMD's processors have these.
  ...["0f 05 syscall", "0f 07 sysret"],
  // RSM is there in system management mode alone.
  ...["0f 0b ud2", "0f aa rsm", "0f ae /4 xsave", "0f ae /5 xrstor", "0f b9 ud1", "0f ff ud0"],
];

/** Flat segments, an IDT whose gates lead to 0xc00 + 4 times the vector. */
function setUp(cpu: X86Cpu, memory: SimpleBus): void {
  const { view } = memory;
  [0, 0, 0xffff, 0x00cf9a00, 0xffff, 0x00cf9200].forEach((v, k) =>
    view.setUint32(0x500 + k * 4, v, true),
  );
  for (let v = 0; v < 32; v++) {
    view.setUint32(0x600 + v * 8, 0x00080000 | (0xc00 + v * 4), true);
    view.setUint32(0x604 + v * 8, 0x00008e00, true);
  }
  cpu.reset();
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  cpu.setState({
    cr0: 0x60000011,
    cr4: 0x600,
    cs: { selector: 8, base: 0, limit: 0xffffffff, flags: 0xcf9b00 },
    ...{ ds: data, es: data, ss: data },
    gdtr: { base: 0x500, limit: 0x17 },
    idtr: { base: 0x600, limit: 0xff },
  });
}
