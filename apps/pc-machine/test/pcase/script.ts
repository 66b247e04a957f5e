/**
 * Scripts of accesses (`*.case`), made into a ROM that does them on the processor and prints each answer to port 0xe9.
 * Lines hold statements between semicolons; `= TEXT` is a label; `# args: ...` adds to the command line, other
 * comments are skipped. Statements: `outb|outw|outl PORT VALUE`, `inb PORT [MASK]`, `inw|inl PORT`,
 * `insw PORT COUNT`, `outsw PORT HEX`, `drain PORT` (the answer of a packet), `q PORT` (read, not printed),
 * `writeb|writew|writel ADDRESS VALUE`, `readb|readw|readl ADDRESS`, `dump ADDRESS COUNT`, `delay MICROSECONDS`,
 * `wait PORT MASK VALUE TENTHS_OF_MS`, `sti`, `cli`, `hlt`, `irqs` (interrupts since the last time), `eoi 0|1`,
 * `regs in|out|inb PORT EAX EBX ECX` (what IN or OUT of EAX, or IN of AL, leaves in EAX to EDX, ESI and EDI),
 * `mono` (does counter 1 ever go back?), `mark` and `resume`: a reset between them goes on after `resume`.
 */

/** A script, ready to run. */
export interface Script {
  /** Options of the command line. */
  readonly args: readonly string[];
  /** What follows the ROM's code. */
  readonly bytes: Uint8Array;
}

/** A script that says nothing of sense. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

const ROM_BYTES = 0x1_0000;
const RESET_VECTOR = 0xfff0;
/** A far jump to the first byte of the ROM. */
const JUMP = [0xea, 0x00, 0x00, 0x00, 0xf0];

const Op = {
  END: 0,
  OUT: 1,
  IN: 4,
  WRITE: 7,
  READ: 10,
  INSW: 13,
  DELAY: 14,
  WAIT: 15,
  STI: 16,
  CLI: 17,
  IRQS: 18,
  TEXT: 19,
  OUTSW: 20,
  IN_MASKED: 21,
  DUMP: 22,
  IN_SILENT: 23,
  MARK: 24,
  EOI: 25,
  HLT: 27,
  DRAIN: 28,
  MONO: 29,
  REGISTERS: 30,
} as const;
const WIDTHS: Readonly<Record<string, number>> = { b: 0, w: 1, l: 2 };
/** Instructions of `regs`. */
const ACCESSES = ["in", "out", "inb"];
const PLAIN: Readonly<Record<string, number>> = {
  sti: Op.STI,
  cli: Op.CLI,
  hlt: Op.HLT,
  mono: Op.MONO,
};

/** Bytes of the script as they come. */
class Writer {
  readonly bytes: number[] = [];
  readonly marks: number[] = [];

  /** `size` bytes of a number, little end first. */
  put(value: number, size: number): void {
    for (let n = 0; n < size; n++) this.bytes.push((value >>> (8 * n)) & 0xff);
  }

  /** A text for the ROM to print. */
  text(text: string): void {
    this.bytes.push(Op.TEXT, text.length, ...Buffer.from(text, "latin1"));
  }
}

/** Compile a script. @throws ScriptError where a statement is none */
export function compileScript(source: string): Script {
  const writer = new Writer();
  const args: string[] = [];
  for (const raw of source.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("# args:")) {
      args.push(...line.slice(7).trim().split(/\s+/));
    } else if (line.startsWith("=")) {
      writer.text(`${line.slice(1).trim()}\n`);
    } else {
      for (const statement of (line.split("#")[0] ?? "").split(";")) {
        if (statement.trim() !== "") compile(statement.trim(), writer);
      }
    }
  }
  if (writer.marks.length > 0) throw new ScriptError("a mark without a resume");
  writer.bytes.push(Op.END);
  return { args, bytes: Uint8Array.from(writer.bytes) };
}

function compile(statement: string, writer: Writer): void {
  const [verb = "", ...operands] = statement.split(/\s+/);
  const number = (n: number): number => {
    const value = Number(operands[n]);
    if (operands[n] === undefined || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new ScriptError(`"${statement}": operand ${n + 1} is no number of 32 bits`);
    }
    return value;
  };
  const put = (
    op: number,
    ...fields: readonly (readonly [value: number, size: number])[]
  ): void => {
    writer.bytes.push(op);
    for (const [value, size] of fields) writer.put(value, size);
  };
  const [, kind = "", letter = ""] = /^(out|in|write|read)([bwl])$/.exec(verb) ?? [];
  const width = WIDTHS[letter] ?? 0;
  const prints =
    ["in", "read"].includes(kind) || ["insw", "wait", "dump", "drain", "regs"].includes(verb);
  if (prints) writer.text(`${statement} `);
  if (kind === "out") return put(Op.OUT + width, [number(0), 2], [number(1), 1 << width]);
  if (kind === "in" && operands.length > 1)
    return put(Op.IN_MASKED, [number(0), 2], [number(1), 1]);
  if (kind === "in") return put(Op.IN + width, [number(0), 2]);
  if (kind === "write") return put(Op.WRITE + width, [number(0), 4], [number(1), 1 << width]);
  if (kind === "read") return put(Op.READ + width, [number(0), 4]);
  const plain = PLAIN[verb];
  if (plain !== undefined) return put(plain);
  switch (verb) {
    case "insw":
      return put(Op.INSW, [number(0), 2], [number(1), 2]);
    case "outsw": {
      const data = Buffer.from(operands.slice(1).join(""), "hex");
      put(Op.OUTSW, [number(0), 2], [data.length >> 1, 2]);
      writer.bytes.push(...data.subarray(0, data.length & ~1));
      return undefined;
    }
    case "delay":
      return put(Op.DELAY, [number(0), 4]);
    case "wait":
      return put(Op.WAIT, [number(0), 2], [number(1), 1], [number(2), 1], [number(3), 2]);
    case "regs": {
      const access = ACCESSES.indexOf(operands[0] ?? "");
      if (access < 0) throw new ScriptError(`"${statement}": ${ACCESSES.join(", ")}`);
      const values = [2, 3, 4].map((n) => [number(n), 4] as const);
      return put(Op.REGISTERS, [access, 1], [number(1), 2], ...values);
    }
    case "irqs":
      writer.text("irqs ");
      return put(Op.IRQS);
    case "dump":
      return put(Op.DUMP, [number(0), 4], [number(1), 2]);
    case "drain":
      return put(Op.DRAIN, [number(0), 2]);
    case "q":
      return put(Op.IN_SILENT, [number(0), 2]);
    case "eoi":
      return put(Op.EOI, [number(0), 1]);
    case "mark":
      put(Op.MARK, [0, 2]);
      writer.marks.push(writer.bytes.length - 2);
      return undefined;
    case "resume": {
      const at = writer.marks.pop();
      if (at === undefined) throw new ScriptError("a resume without a mark");
      writer.bytes[at] = writer.bytes.length & 0xff;
      writer.bytes[at + 1] = writer.bytes.length >> 8;
      return undefined;
    }
    default:
      throw new ScriptError(`"${statement}": there is no such statement`);
  }
}

/** The ROM of a script. @throws ScriptError where it does not fit */
export function scriptRom(host: Uint8Array, { bytes }: Script): Uint8Array {
  if (host.length + bytes.length > RESET_VECTOR) {
    throw new ScriptError(`a script of ${bytes.length} bytes does not fit the ROM`);
  }
  const rom = new Uint8Array(ROM_BYTES);
  rom.set(host);
  rom.set(bytes, host.length);
  rom.set(JUMP, RESET_VECTOR);
  return rom;
}

/** An answer of a script: the label above it, and the line that was printed. */
export interface Answer {
  readonly label: string;
  readonly line: string;
}

const ANSWERING = /^(in|read|wait|irqs|dump|drain|mono|regs|R$)/;

/** The lines that a script printed, each with the last label before it. */
export function answersOf(output: string): Answer[] {
  let label = "";
  return output.split("\n").map((line) => {
    if (!ANSWERING.test(line)) label = line;
    return { label, line };
  });
}
