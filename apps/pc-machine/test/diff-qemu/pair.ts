/** QEMU and this machine as two programs with the same command line, asked the same. */
import {
  type Access,
  configRead,
  formatAccess,
  formatStep,
  type Step,
} from "../support/guest-access.js";
import { blocksOf, compareViews } from "../support/machine-pair.js";
import { flatViews } from "../support/map-text.js";
import { QemuProcess } from "../support/qemu-process.js";
import { DriveWatch } from "./drive-watch.js";
import { agrees } from "./intended.js";
import { type Traits, traitsOf } from "./traits.js";

/** Looks at the count of resets before they are said to differ: a reset asked for comes within one or two. */
const MOST_LOOKS = 200;
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
  readonly #drives: DriveWatch;

  private constructor(qemu: QemuProcess, ours: QemuProcess, traits: Traits) {
    this.#traits = traits;
    this.#drives = new DriveWatch(traits);
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
        if (!mayReset(access) && !this.#drives.isDeviceReset(access)) {
          due.push({ access, step });
          continue;
        }
        const found = (await this.#compare(due)) ?? (await this.#resetBy({ access, step }));
        if (found !== null) return found;
        due = [];
      }
      if (!resetButton) continue;
      const found = (await this.#compare(due)) ?? (await this.#pressReset(step));
      if (found !== null) return found;
      due = [];
    }
    return this.#compare(due);
  }

  /**
   * Begin anew: reset, and count resets from there.
   *
   * @returns false where too little is as it was at the start. A drive may wait for the bus master, which outlives
   *          QEMU's reset. A guest that lays the SMBus over the ports of configuration registers ends those for good.
   */
  async restart(): Promise<boolean> {
    if (this.#drives.isTransferring) return false;
    await this.#pressReset(0);
    for (const machine of [this.#qemu, this.#ours]) machine.resets = 0;
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
    const { statuses } = this.#drives;
    const answers: number[] = [];
    let from = 0;
    for (const [n, access] of accesses.entries()) {
      if (!this.#drives.follow(access) && n + 1 < accesses.length) continue;
      const part = accesses.slice(from, n + 1);
      from = n + 1;
      const values = await this.#qemu.access([...part, ...statuses]);
      answers.push(...values.slice(0, part.length));
      const isBusy = this.#drives.look(values.slice(part.length));
      // No status tells of a transfer by the bus master that is under way.
      if (!isBusy && !this.#drives.mayStartBusMaster(access)) continue;
      await this.#qemu.drain();
      this.#drives.look(await this.#qemu.access(statuses));
    }
    return answers;
  }

  /** An access that may reset, unless a drive waits for the bus master: see {@link restart}. */
  async #resetBy(due: Due): Promise<Difference | null> {
    if (this.#drives.isTransferring) return null;
    const { resets } = this.#qemu;
    const found = (await this.#compare([due])) ?? (await this.#settle(due.step));
    if (this.#qemu.resets !== resets) this.#drives.forget();
    return found;
  }

  /** Press the reset button of both, after `step`. @returns a difference where only one is reset */
  async #pressReset(step: number): Promise<Difference | null> {
    if (this.#drives.isTransferring) return null;
    await Promise.all([this.#qemu.monitor("system_reset"), this.#ours.monitor("system_reset")]);
    this.#drives.forget();
    return this.#settle(step);
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
