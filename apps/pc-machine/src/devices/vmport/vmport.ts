/**
 * VMware's back door: a port at which a guest asks the machine something by the registers of its
 * processor. EAX holds a number that says so, ECX the question; the answers are in registers, too.
 */
import { boardOf, type DeviceContext, type GuestRegisters } from "../../device/context.js";
import { IsaDevice } from "../../device/isa-device.js";

/** The port, and the number that EAX holds: "VMXh". */
export const VMPORT_PORT = 0x5658;
export const VMPORT_MAGIC = 0x564d5868;

/** EAX where nobody answers. */
const NO_ANSWER = 0xffff_ffff;
const COMMAND = 0xff;
const COMMANDS = 0x80;
/** EBX beside the size of the RAM. */
const RAM_SIZE_SIGN = 0x1177;
/** The answer says within how many microseconds the time is right. */
const TIME_LAG_US = 1_000_000;
const US_PER_SECOND = 1_000_000;

/** Questions that the port answers itself. */
const Command = {
  GET_VERSION: 10,
  GET_BIOS_UUID: 19,
  GET_RAM_SIZE: 20,
  GET_TIME: 23,
  GET_HZ: 45,
  GET_TIME_FULL: 46,
  GET_VCPU_INFO: 68,
} as const;

/** Answers a question by the registers it came in. @returns EAX */
export type VmPortHandler = (registers: GuestRegisters) => number;

/** Facts that the port tells, and how it tells them. */
export interface VmPortFacts {
  /** Bytes of RAM. */
  readonly ramSize: number;
  /** The machine's UUID, 16 bytes. */
  readonly uuid: Uint8Array;
  /** Version and type of the product that it says it is. */
  readonly version: number;
  readonly product: number;
  /** Microseconds since 1970. */
  nowUs(): number;
  /** True if answers are put into EAX whatever instruction asks. */
  readonly setsEax: boolean;
  /** True if EAX tells that nobody answers; else it stays. */
  readonly tellsUnknown: boolean;
  /** True if the version comes with the product. */
  readonly tellsProduct: boolean;
  /** True if the port answers all that it can, not version and RAM alone. */
  readonly allCommands: boolean;
}

/** QEMU's `vmport`. */
export class VmPort extends IsaDevice {
  readonly #handlers = new Map<number, VmPortHandler>();
  readonly #facts: VmPortFacts;

  constructor(context: DeviceContext, facts: VmPortFacts) {
    super(context, "vmport");
    this.#facts = facts;
    const board = boardOf(context, "vmport");
    const access = (): number => {
      const registers = board.registers();
      // Nothing but an instruction has registers: a debugger's access asks nothing.
      return registers === null ? NO_ANSWER : this.#ask(registers);
    };
    const region = context.machine.mmio({
      name: "vmport",
      size: 1,
      owner: this.object,
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: access,
      write: () => void access(),
    });
    this.mapPorts(VMPORT_PORT, region);
    this.#answerVersion(facts);
    if (facts.allCommands) this.#answerMore(facts);
  }

  /** Have `handler` answer `command`, 0 to 127. */
  answer(command: number, handler: VmPortHandler): void {
    this.#handlers.set(command, handler);
  }

  /** Stateless. */
  override reset(): void {
    // Nothing to forget.
  }

  #ask(registers: GuestRegisters): number {
    const answer = this.#answerTo(registers);
    if (this.#facts.setsEax) registers.write("eax", answer);
    return answer;
  }

  #answerTo(registers: GuestRegisters): number {
    const asked = registers.read("eax");
    const unknown = this.#facts.tellsUnknown ? NO_ANSWER : asked;
    if (asked !== VMPORT_MAGIC) return unknown;
    const command = registers.read("ecx") & COMMAND;
    const handler = command < COMMANDS ? this.#handlers.get(command) : undefined;
    if (handler !== undefined) return handler(registers) >>> 0;
    this.context.log("unimp", `vmport: unknown command ${command.toString(16)}`);
    return unknown;
  }

  #answerVersion({ ramSize, version, product, tellsProduct }: VmPortFacts): void {
    this.answer(Command.GET_VERSION, (registers) => {
      registers.write("ebx", VMPORT_MAGIC);
      if (tellsProduct) registers.write("ecx", product);
      return version;
    });
    this.answer(Command.GET_RAM_SIZE, (registers) => {
      registers.write("ebx", RAM_SIZE_SIGN);
      return ramSize % 2 ** 32;
    });
  }

  #answerMore({ uuid, nowUs }: VmPortFacts): void {
    this.answer(Command.GET_BIOS_UUID, (registers) => {
      const words = new DataView(uuid.buffer, uuid.byteOffset, uuid.length);
      for (const [at, name] of (["ebx", "ecx", "edx"] as const).entries()) {
        registers.write(name, words.getUint32(4 * at + 4, true));
      }
      return words.getUint32(0, true);
    });
    const seconds = (us: number): number => Math.floor(us / US_PER_SECOND);
    this.answer(Command.GET_TIME, (registers) => {
      const us = nowUs();
      registers.write("ebx", us % US_PER_SECOND);
      registers.write("ecx", TIME_LAG_US);
      return seconds(us) % 2 ** 32;
    });
    this.answer(Command.GET_TIME_FULL, (registers) => {
      const us = nowUs();
      registers.write("ebx", us % US_PER_SECOND);
      registers.write("ecx", TIME_LAG_US);
      registers.write("edx", seconds(us) % 2 ** 32);
      registers.write("esi", Math.floor(seconds(us) / 2 ** 32));
      return VMPORT_MAGIC;
    });
    // How fast the time stamp counter runs is not told here.
    this.answer(Command.GET_HZ, (registers) => {
      registers.write("ebx", NO_ANSWER);
      return registers.read("eax");
    });
    this.answer(Command.GET_VCPU_INFO, () => 0);
  }
}
