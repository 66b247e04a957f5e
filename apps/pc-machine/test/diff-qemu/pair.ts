/** QEMU and this machine as two programs with the same command line, asked the same. */
import {
  type Access,
  configRead,
  formatAccess,
  formatStep,
  portRead,
  type Step,
} from "../support/guest-access.js";
import { blocksOf, compareViews } from "../support/machine-pair.js";
import { flatViews } from "../support/map-text.js";
import { QemuProcess } from "../support/qemu-process.js";
import { agrees } from "./intended.js";
import { type Traits, traitsOf } from "./traits.js";

/** Looks at the count of resets before they are said to differ: a reset asked for comes within one or two. */
const MOST_LOOKS = 200;
const BUSY = 0x80;
const DATA_REQUEST = 0x08;
const ALTERNATE_STATUS = 0x206;
const WORKING = BUSY | DATA_REQUEST;
/** Offset of a channel's command register; data are at 0. */
const COMMAND = 7;
/** Keyboard controller, port 92, reset control. */
const RESET_PORTS = [0x64, 0x92, 0xcf9] as const;
/**
 * The index of configuration registers, a doubleword over the reset control. Where something else lies over its
 * first byte, each of the others is written to the reset control, whose bit 2 counts.
 */
const CONFIG_INDEX = 0xcf8;
const RESET_IN_INDEX = 0x0404_0400;

const HOST_BRIDGE = 0;
const HOST_BRIDGE_ID = 0x1237_8086;

/** What was answered differently. */
export interface Difference {
  readonly lines: readonly string[];
  /** Steps that it took. */
  readonly after: number;
}

/** An access, and which step it belongs to. */
interface Due {
  readonly access: Access;
  readonly step: number;
}

/** Both programs. */
export class ProgramPair {
  readonly #qemu: QemuProcess;
  readonly #ours: QemuProcess;
  readonly #traits: Traits;
  /** Channels, by first port, whose drives had nothing to do when QEMU was last asked. */
  #idle: readonly number[] = [];

  private constructor(qemu: QemuProcess, ours: QemuProcess, traits: Traits) {
    this.#traits = traits;
    this.#qemu = qemu;
    this.#ours = ours;
  }

  /** @param args QEMU's options, besides those of a paused `pc` without defaults */
  static async start(args: readonly string[], program: string): Promise<ProgramPair> {
    const qemu = await QemuProcess.start(args);
    try {
      return new ProgramPair(qemu, await QemuProcess.start(args, program), traitsOf(args));
    } catch (error) {
      qemu.close();
      throw error;
    }
  }

  /**
   * Do steps on both, as many accesses at once as go together.
   *
   * @returns what the first step that differs was answered, `null` where none does
   */
  async run(steps: readonly Step[]): Promise<Difference | null> {
    let due: Due[] = [];
    for (const [step, { accesses, resetButton = false }] of steps.entries()) {
      for (const access of accesses) {
        due.push({ access, step });
        if (!mayReset(access)) continue;
        const found = (await this.#compare(due)) ?? (await this.#settle(step));
        if (found !== null) return found;
        due = [];
      }
      if (!resetButton) continue;
      const found = (await this.#compare(due)) ?? (await this.reset(step));
      if (found !== null) return found;
      due = [];
    }
    return this.#compare(due);
  }

  /** Press the reset button of both, after `step`. @returns a difference where only one is reset */
  async reset(step = 0): Promise<Difference | null> {
    await Promise.all([this.#qemu.monitor("system_reset"), this.#ours.monitor("system_reset")]);
    return this.#settle(step);
  }

  /** Begin anew: reset, and count resets from there. */
  async restart(): Promise<void> {
    await this.reset();
    for (const machine of [this.#qemu, this.#ours]) machine.resets = 0;
  }

  /** True if configuration registers can be reached. A guest that lays the SMBus over their ports ends that, also over resets. */
  async hasConfiguration(): Promise<boolean> {
    const [, id] = await this.#qemu.access(configRead(HOST_BRIDGE, 0, 4));
    return id === HOST_BRIDGE_ID;
  }

  /** Compare the flat views, and how often each was reset. */
  async compareMaps(): Promise<string[]> {
    const texts = await Promise.all(
      [this.#qemu, this.#ours].map((machine) => machine.monitor("info mtree -f")),
    );
    const [qemu = "", ours = ""] = texts;
    const found = compareViews(flatViews(blocksOf(qemu)), flatViews(blocksOf(ours)));
    return [...this.#compareResets(), ...found];
  }

  close(): void {
    this.#qemu.close();
    this.#ours.close();
  }

  async #compare(due: readonly Due[]): Promise<Difference | null> {
    if (due.length === 0) return null;
    const accesses = due.map(({ access }) => access);
    const [qemu, ours] = await Promise.all([this.#askQemu(accesses), this.#ours.access(accesses)]);
    const lines: string[] = [];
    let differing: number | null = null;
    for (const [n, { access, step }] of due.entries()) {
      const expected = qemu[n] ?? 0;
      const answer = ours[n] ?? 0;
      if (agrees(access, expected, answer, this.#traits)) continue;
      differing ??= step;
      if (step !== differing) break;
      const values = `QEMU 0x${expected.toString(16)}, ours 0x${answer.toString(16)}`;
      lines.push(`${formatAccess(access)}: ${values}`);
    }
    return differing === null ? null : { lines, after: differing + 1 };
  }

  /** QEMU's answers. Its host works beside its guest: after what may start a drive it is waited for. */
  async #askQemu(accesses: readonly Access[]): Promise<number[]> {
    const { channels } = this.#traits;
    const answers: number[] = [];
    let from = 0;
    for (const [n, access] of accesses.entries()) {
      if (n + 1 < accesses.length && !this.#mayStartDrive(access)) continue;
      const part = accesses.slice(from, n + 1);
      from = n + 1;
      const looks = channels.map((base) => portRead(base + ALTERNATE_STATUS, 1));
      const values = await this.#qemu.access([...part, ...looks]);
      answers.push(...values.slice(0, part.length));
      const statuses = values.slice(part.length);
      // Busy with data on offer is a packet that waits for the bus master: that does not pass.
      const isBusy = statuses.some((status) => (status & (BUSY | DATA_REQUEST)) === BUSY);
      // No status tells of a transfer by the bus master that is under way.
      if (isBusy || this.#mayStartBusMaster(access)) {
        await this.#qemu.drain();
      } else {
        this.#idle = channels.filter((_base, at) => ((statuses[at] ?? 0) & WORKING) === 0);
      }
    }
    return answers;
  }

  /** A command may, and a word of data, unless the drive has none to move, and what starts the bus master. */
  #mayStartDrive(access: Access): boolean {
    const { space, address, write } = access;
    const { channels } = this.#traits;
    if (space !== "io") return false;
    if (write !== undefined && channels.includes(address - COMMAND)) {
      this.#idle = this.#idle.filter((base) => base !== address - COMMAND);
      return true;
    }
    if (channels.includes(address)) return !this.#idle.includes(address);
    return this.#mayStartBusMaster(access);
  }

  /** Any write may, wherever the guest has put that, while a drive has something to move. */
  #mayStartBusMaster({ space, address, write }: Access): boolean {
    const { channels } = this.#traits;
    if (space !== "io" || write === undefined || this.#idle.length === channels.length)
      return false;
    const isConfiguration = address >= CONFIG_INDEX && address < CONFIG_INDEX + 8;
    const isDrive = channels.some((base) => address >= base && address <= base + COMMAND);
    return !isConfiguration && !isDrive;
  }

  /** Let both do the reset that `step` may have asked for. */
  async #settle(step: number): Promise<Difference | null> {
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      await Promise.all([this.#qemu.settle(), this.#ours.settle()]);
      if (this.#compareResets().length === 0) return null;
    }
    return { lines: this.#compareResets(), after: step + 1 };
  }

  #compareResets(): string[] {
    const [qemu, ours] = [this.#qemu.resets, this.#ours.resets];
    return qemu === ours ? [] : [`resets: QEMU ${qemu}, ours ${ours}`];
  }
}

/** True if an access writes where a reset can be asked for. */
export function mayReset({ space, address, size, write }: Access): boolean {
  if (space !== "io" || write === undefined) return false;
  // Nearly every step writes the index, so that is not waited for in vain.
  if (address === CONFIG_INDEX && size === 4 && (write & RESET_IN_INDEX) === 0) return false;
  return RESET_PORTS.some((port) => port >= address && port < address + size);
}

/** Steps as one would write them down. */
export function formatSteps(steps: readonly Step[]): string {
  return steps.map((step) => `  ${formatStep(step)}`).join("\n");
}
