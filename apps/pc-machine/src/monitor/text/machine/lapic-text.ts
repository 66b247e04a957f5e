/** `info lapic`: the registers of a local APIC, in words. */
import type { LocalApic } from "@mem/x86";

/** Registers by number: their offset / 16. */
const Register = {
  LOGICAL_DESTINATION: 0x0d,
  DESTINATION_FORMAT: 0x0e,
  SPURIOUS: 0x0f,
  IN_SERVICE: 0x10,
  TRIGGER_MODE: 0x18,
  REQUEST: 0x20,
  ERROR_STATUS: 0x28,
  COMMAND: 0x30,
  COMMAND_HIGH: 0x31,
  TIMER: 0x32,
  INITIAL_COUNT: 0x38,
  CURRENT_COUNT: 0x39,
  DIVIDE: 0x3e,
} as const;
/** Entries of the local vector table, in the order in which QEMU shows them. */
const ENTRIES = [
  ["LVT0", 0x35],
  ["LVT1", 0x36],
  ["LVTPC", 0x34],
  ["LVTERR", 0x37],
  ["LVTTHMR", 0x33],
  ["LVTT", Register.TIMER],
] as const;
const DELIVERY = ["Fixed", "LowPri", "SMI", "...", "NMI", "INIT", "SIPI", "ExtINT"] as const;
const TIMER = ["one-shot", "periodic", "tsc-deadline", "..."] as const;
const SHORTHAND = ["no-shorthand", "self", "all-self", "all"] as const;
const FIXED = 0;
const EXTERNAL = 7;
const VECTORS = 256;

/** The registers of processor `number`'s local APIC. */
export function lapicText(apic: LocalApic, number: number): string {
  const read = (register: number): number => apic.read(register);
  const spurious = read(Register.SPURIOUS);
  const divide = read(Register.DIVIDE);
  const priorities = [
    `APR 0x${hex(apic.arbitrationPriority, 2)}`,
    `TPR 0x${hex(apic.taskPriority, 2)}`,
    `DFR 0x${hex(read(Register.DESTINATION_FORMAT) >>> 28, 2)}`,
    `LDR 0x${hex(read(Register.LOGICAL_DESTINATION) >>> 24, 2)}`,
    `PPR 0x${hex(apic.processorPriority, 2)}`,
  ];
  return [
    `dumping local APIC state for CPU ${String(number).padEnd(2)}`,
    "",
    ...ENTRIES.map(([name, register]) => entryText(name, read(register), register)),
    `Timer\t DCR=0x${(divide & 0xb).toString(16)} (divide by ${divisor(divide)}) ` +
      `initial_count = ${read(Register.INITIAL_COUNT)} ` +
      `current_count = ${read(Register.CURRENT_COUNT)}`,
    `SPIV\t 0x${hex(spurious, 8)} APIC ${(spurious & 0x100) !== 0 ? "enabled" : "disabled"}, ` +
      `focus=${(spurious & 0x200) !== 0 ? "on" : "off"}, spurious vec ${spurious & 0xff}`,
    ...commandText(read(Register.COMMAND), read(Register.COMMAND_HIGH)),
    `ESR\t 0x${hex(read(Register.ERROR_STATUS), 8)}`,
    `ISR\t ${vectorsText(read, Register.IN_SERVICE)}`,
    `IRR\t ${vectorsText(read, Register.REQUEST)}`,
    "",
    priorities.join(" "),
  ].join("\n");
}

function entryText(name: string, entry: number, register: number): string {
  const mode = (entry >> 8) & 7;
  const isTimer = register === Register.TIMER;
  const delivery = isTimer ? FIXED : mode;
  const vector = delivery === FIXED || delivery === EXTERNAL ? ` (vec ${entry & 0xff})` : "";
  return [
    `${name}\t 0x${hex(entry, 8)}`,
    (entry & 0x2000) !== 0 ? "active-lo" : "active-hi",
    ((entry & 0x8000) !== 0 ? "level" : "edge").padEnd(5),
    ((entry & 0x1_0000) !== 0 ? "masked" : "").padEnd(6),
    ((entry & 0x1000) !== 0 ? "pending" : "").padEnd(7),
    (isTimer ? (TIMER[(entry >> 17) & 3] ?? "") : "").padEnd(12),
    `${(DELIVERY[delivery] ?? "").padEnd(6)}${vector}`,
  ].join(" ");
}

function commandText(low: number, high: number): string[] {
  const shorthand = (low >> 18) & 3;
  const isLogical = (low & 0x800) !== 0;
  const words = [
    isLogical ? "logical" : "physical",
    (low & 0x8000) !== 0 ? "level" : "edge",
    (low & 0x4000) !== 0 ? "assert" : "de-assert",
    SHORTHAND[shorthand] ?? "",
  ];
  const destination = high >>> 24;
  const whom = isLogical ? `mask 0x${hex(destination, 2)}` : `cpu ${destination} (APIC ID)`;
  return [
    `ICR\t 0x${hex(low, 8)} ${words.join(" ")}`,
    // A shorthand stands for those whom it reaches.
    `ICR2\t 0x${hex(high, 8)}${shorthand === 0 ? ` ${whom}` : ""}`,
  ];
}

/** The vectors of a set, with the level-triggered ones marked. */
function vectorsText(read: (register: number) => number, first: number): string {
  const has = (start: number, vector: number): boolean =>
    (read(start + (vector >> 5)) & (1 << (vector & 31))) !== 0;
  const vectors: string[] = [];
  for (let vector = 0; vector < VECTORS; vector++) {
    if (!has(first, vector)) continue;
    vectors.push(`${vector}${has(Register.TRIGGER_MODE, vector) ? "(level)" : ""}`);
  }
  return vectors.length === 0 ? "(none)" : `${vectors.join(" ")} `;
}

/** The divisor that the register of it stands for. */
function divisor(divide: number): number {
  const power = (divide & 3) | ((divide >> 1) & 4);
  return power === 7 ? 1 : 2 ** (power + 1);
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, "0");
}
