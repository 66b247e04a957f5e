/** A machine with a program at 0x7c00 and the gdb stub on a wire. */
import { PcMachine } from "../../src/board/index.js";
import type { CharacterBackend } from "../../src/chardev/character-backend.js";
import { LocalBackend } from "../../src/chardev/character-backend.js";
import { gdbTarget } from "../../src/cli/targets/gdb-target.js";
import { Session } from "../../src/cli/run/session.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { GdbServer } from "../../src/gdbstub/gdb-server.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";

/**
 * xor ax, ax; mov ds, ax; mov ss, ax; mov sp, 0x7c00; mov cx, 5; 7c0c: inc word [0x600]; loop 7c0c;
 * cli; to protected mode at 7c25; mov ds, ax; mov ss, ax; mov eax, 0x12345678; fld1; fldpi;
 * mov [0x700], eax; 7c3b: inc dword [0x704]; jmp 7c3b; then the GDT and its register
 */
const PROGRAM =
  "31c08ed88ed0bc007cb90500ff060006e2fafa0f0116607c0f20c00c010f22c0ea257c080066b810008ed88ed0" +
  "b878563412d9e8d9eba300070000ff0504070000ebf890909090900000000000000000ffff0000009acf00ffff00000092cf001700487c00000000000000000000";

/**
 * 64-bit code: page tables at 0x1000 for 2 MiB, paging, long mode; 7c5c: mov rax, 0x123456789abcdef0;
 * 7c66: mov r12, 0xfedcba9876543210; mov ebx, 0x700; 7c75: mov [rbx], rax; inc r13; 7c7b: jmp 7c75
 */
export const LONG_PROGRAM =
  "fa31c08ed88ed0bc007c8ec0bf0010b90018f3abc70600100720c70600200730c706003087000f0116907c66b8200600000f22e066b8001000000f22d866b9800000c066b8000100006631d20f3066b8110000800f22c0ea5c7c" +
  "080048b8f0debc9a7856341249bc1032547698badcfebb0007000048890349ffc5ebf89090900000000000000000ffff0000009aaf000f00807c0000";

/** Where the program is. */
export const START = 0x7c00;

/** A client's end in memory. */
export class Wire extends LocalBackend {
  readonly filename = "wire";
  #sent: number[] = [];

  write(byte: number): void {
    this.#sent.push(byte);
  }

  /** What was sent since, without acknowledgements. */
  take(): string {
    const text = Buffer.from(this.#sent).toString("latin1");
    this.#sent = [];
    return text.replace(/^\++/, "");
  }

  /** The answer to a packet, without its frame. */
  ask(packet: string): string {
    this.send(packet);
    return this.answer();
  }

  send(packet: string): void {
    let sum = 0;
    for (const letter of packet) sum = (sum + letter.charCodeAt(0)) & 0xff;
    this.raw(`$${packet}#${sum.toString(16).padStart(2, "0")}`);
  }

  raw(text: string): void {
    for (const letter of text) this.receive?.(letter.charCodeAt(0));
  }

  answer(): string {
    return /^\$(.*)#[0-9a-f]{2}$/s.exec(this.take())?.[1] ?? "";
  }
}

/** The machine, stopped before the program's first instruction. */
export class DebuggedMachine {
  readonly pc: PcMachine;
  readonly session: Session;

  constructor(
    backend: CharacterBackend,
    accel: "interp" | "jit" = "interp",
    cpus = 1,
    program = PROGRAM,
  ) {
    this.pc = new PcMachine({
      ramSize: 2 ** 24,
      bios: embeddedFirmware(),
      vga: false,
      accel,
      cpus,
      clock: new InstructionClock(),
      onReset: () => this.session.wasReset(),
    });
    this.session = new Session(this.pc, {
      name: null,
      startStopped: true,
      actions: { reboot: "reset", shutdown: "poweroff", panic: "shutdown", watchdog: "reset" },
      runsGuest: true,
      inputOpen: () => true,
      keepsHaltedGuest: () => true,
    });
    const bytes = Uint8Array.from(program.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    this.pc.memory.write(START, bytes);
    const target = gdbTarget(this.session);
    const cpu = target?.cpus[0];
    if (target === null || cpu === undefined) throw new Error("the processor has no debugger");
    cpu.write("cs", 0n);
    cpu.write("eip", BigInt(START));
    new GdbServer(backend, target, cpu);
  }
}
