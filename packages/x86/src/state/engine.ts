/**
 * The seam between the processor and a translator. The processor owns the registers, faults,
 * interrupts and everything rare; an {@link Engine} runs what it has translated and says when it has
 * nothing for the place at hand, and the interpreter then goes on from there.
 */
import type { CodeBlock } from "../bus.js";
import type { StateStorage } from "./layout.js";

/**
 * Bits of {@link EngineHost.mode}: what translated code takes for granted.
 * @see {@link EngineHost}
 */
export const MODE_CODE32 = 1;
/**
 * The stack pointer has 32 bits.
 * @see {@link EngineHost}
 */
export const MODE_STACK32 = 2;
/**
 * Privilege level 3: the TLB is the user's.
 * @see {@link EngineHost}
 */
export const MODE_USER = 4;
/**
 * The code segment begins at 0 and reaches to 4 GiB.
 * @see {@link EngineHost}
 */
export const MODE_FLAT_CS = 8;
/**
 * SS begins at 0, reaches to 4 GiB and can be written without a check.
 * @see {@link EngineHost}
 */
export const MODE_FLAT_SS = 16;
/**
 * DS is flat, as {@link MODE_FLAT_SS} says of SS.
 * @see {@link EngineHost}
 */
export const MODE_FLAT_DS = 32;
/**
 * ES is flat, as {@link MODE_FLAT_SS} says of SS.
 * @see {@link EngineHost}
 */
export const MODE_FLAT_ES = 64;

/**
 * 64-bit code runs. Of the other bits it has {@link MODE_USER}, {@link MODE_SSE}, {@link MODE_FPU} and
 * {@link MODE_IF}.
 * @see {@link EngineHost}
 */
export const MODE_LONG = 128;

/**
 * The mode in which nothing may be translated: accesses of 64-bit code are looked at one by one.
 * @see {@link EngineHost}
 */
export const MODE_NONE = -1;

/**
 * Instructions on XMM registers may be used.
 * @see {@link EngineHost}
 */
export const MODE_SSE = 256;
/**
 * The x87 unit may be used.
 * @see {@link EngineHost}
 */
export const MODE_FPU = 512;

/**
 * The current level may change IF, and see it: CLI, STI and PUSHF do not fault.
 * @see {@link EngineHost}
 */
export const MODE_IF = 1024;

/**
 * Answer of {@link EngineHost.direct}: the access faults.
 * @see {@link EngineHost}
 */
export const FAULTS = -1;
/**
 * Answer of {@link EngineHost.direct}: a device, or memory that must be accessed by dispatch.
 * @see {@link EngineHost}
 */
export const NOT_DIRECT = -2;

/**
 * Runs translated code. Nothing of it may throw.
 * @see the guide "A translator on top of the memory API"
 */
export interface Engine {
  /**
   * Runs translated code from the current EIP on, if there is any; at least one instruction is
   * pending and no event is. The registers must be those after the last instruction that was
   * executed, and the host's count of instructions exact, also while a device is called.
   * @returns false when nothing was executed: the interpreter takes over until the next jump
   */
  execute(): boolean;
  /** All translations of linear addresses are void, and so is what a bus showed where. */
  tlbFlushed(): void;
  /** So are those of pages that are not global, see {@link CodePage.isGlobal}: CR3 was loaded. */
  localFlushed(): void;
  /** The translation of the page at a linear address is void. */
  pageFlushed(linear: number): void;
  /**
   * Must the engine be told of stores to this page of memory? Asked when the page's translation is
   * made; when the answer changes to yes, the engine calls {@link EngineHost.protect}.
   * @param bytes a window's bytes
   * @param at index of the page's first byte in them
   */
  guards(bytes: Uint8Array, at: number): boolean;
  /**
   * The processor has stored bytes to a guarded page. What others store is told by
   * {@link CodePage.block}.
   * @param bytes a window's bytes
   * @param at index in them of the first byte stored
   */
  stored(bytes: Uint8Array, at: number, size: number): void;
}

/**
 * Processor, as a translator uses it. Linear addresses are signed numbers, of 32 bits, or of 48 in
 * 64-bit code, where they must be canonical.
 * @see the guide "A translator on top of the memory API"
 */
export interface EngineHost {
  /** The place where the registers lie, by the offsets in `StateLayout`. */
  readonly storage: StateStorage;
  /** Is a feature, by QEMU's name, there? Never changes. */
  hasFeature(name: string): boolean;
  /** Is PAUSE the interpreter's, since somebody is told of it? Never changes. */
  readonly tellsPause: boolean;
  /** The `MODE_` bits of this moment, or {@link MODE_NONE}. */
  mode(): number;
  /** Base of the code segment: a linear address in bytes, signed. */
  readonly codeBase: number;
  /** Limit of the code segment in bytes, unsigned. */
  readonly codeLimit: number;
  /** EIP, signed; in 64-bit code RIP, which is a linear address. */
  readonly eip: number;
  /** Instructions left in this run. */
  readonly left: number;
  /**
   * May the next instruction run at once? False while an event must be looked at first, and when none is
   * left. A shadow of interrupts that nothing waits behind is over then.
   */
  goesOn(): boolean;
  /** Copies EIP, flags and the count of instructions to the storage. */
  save(): void;
  /** Copies them back from there. */
  restore(): void;
  /** Lets the interpreter execute one instruction; a fault is delivered. @returns false if there was one */
  interpret(): boolean;
  /**
   * Executes an IN from a port, 0 to 65535, to the accumulator, as the instruction of `length` bytes at EIP, where
   * the level may use all ports ({@link MODE_IF} without {@link MODE_USER}); it is counted.
   */
  input(port: number, size: 1 | 2 | 4, length: number): void;
  /** The same for an OUT of the low bits of `value`. */
  output(port: number, size: 1 | 2 | 4, value: number, length: number): void;
  /**
   * Loads from a page that {@link direct} answered {@link NOT_DIRECT} for, within it, as the instruction of `length`
   * bytes at EIP does; it is counted. The bytes lie in `scratch` of the storage afterwards.
   */
  load(linear: number, size: 1 | 2 | 4 | 8, length: number): void;
  /** The same for a store of what lies in `scratch`. */
  store(linear: number, size: 1 | 2 | 4 | 8, length: number): void;
  /**
   * Loads ES, DS, FS or GS, by number, from a selector, as the instruction of `length` bytes at EIP does, which pops
   * `popped` bytes then; it is counted. A fault is delivered.
   * @returns false if there was one
   */
  loadSegment(segment: number, selector: number, length: number, popped: number): boolean;
  /**
   * A number that is another one when loads of the same selectors may have other outcomes: after a load of GDTR, and
   * when descriptors come to count, or count no more.
   */
  readonly segmentation: number;
  /**
   * Index in the storage's buffer of the descriptor that ES, DS, FS or GS, by number, was just loaded from, 8 bytes in
   * the GDT. While they are the same, and so is {@link segmentation}, a load of the same selector at the same level
   * leaves the register as it is, until the next flush. Otherwise {@link NOT_DIRECT}.
   */
  descriptorPlace(segment: number): number;
  /**
   * The memory that instructions of the page of a linear address are read from, or null: it is no
   * plain memory, or its translation faults (nothing is raised).
   */
  codePage(linear: number): CodePage | null;
  /**
   * Index in the storage's buffer of the byte at a linear address whose page may be read (written)
   * there without any more questions until the next flush. Otherwise {@link FAULTS}, and nothing has happened, or
   * {@link NOT_DIRECT}.
   */
  direct(linear: number, write: boolean): number;
  /** Does the translation that {@link direct} has just answered from outlive a load of CR3? */
  isGlobal(linear: number, write: boolean): boolean;
  /**
   * The kernel of SSE of that name, `(storage, operand) -> answer`: a function of WebAssembly on the
   * storage's memory.
   * @throws UnknownKernelError when there is none, or no SSE
   */
  sseKernel(name: string): (storage: number, operand: number) => number;
  /**
   * The kernel of the x87 unit of that name, as {@link sseKernel}.
   * @throws UnknownKernelError when there is none, or no unit
   */
  fpuKernel(name: string): (storage: number, operand: number) => number;
  /** Takes back what earlier translations allow: stores to a page that the engine guards now. */
  protect(): void;
}

/**
 * A page of code.
 * @see {@link EngineHost.codePage}
 */
export interface CodePage {
  /** The bytes of a window. */
  readonly bytes: Uint8Array;
  /** Index of the page's first byte. */
  readonly at: number;
  /** Does the page's translation outlive a load of CR3? */
  readonly isGlobal: boolean;
  /** Memory whose stores can be watched, or `null`. */
  readonly block: CodeBlock | null;
  /** Offset of the page's first byte in the block. */
  readonly offset: number;
}
