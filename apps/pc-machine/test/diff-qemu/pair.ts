/** QEMU and this machine as two programs with the same command line, asked the same. */
import {
  type Access,
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

const MOST_POLLS = 5000;
const BUSY = 0x80;
const DATA_REQUEST = 0x08;
/** Ports of the drives, where QEMU takes its time. */
const DRIVE_PORTS: ReadonlySet<number> = new Set([
  ...[0x1f0, 0x1f7, 0x3f6],
  ...[0x170, 0x177, 0x376],
]);
/** Keyboard controller, port 92, reset control. */
const RESET_PORTS = [0x64, 0x92, 0xcf9] as const;
const ALTERNATE_STATUS = [0x3f6, 0x376] as const;

/** Both programs. */
export class ProgramPair {
  readonly #qemu: QemuProcess;
  readonly #ours: QemuProcess;
  readonly #traits: Traits;

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

  /** Do a step on both; what was answered differently. */
  async run(step: Step): Promise<string[]> {
    const found: string[] = [];
    let batch: Access[] = [];
    for (const access of step.accesses) {
      batch.push(access);
      if (mayReset(access)) {
        found.push(...(await this.#compare(batch)));
        batch = [];
        await this.#settle();
      }
      if (access.space === "io" && DRIVE_PORTS.has(access.address)) {
        found.push(...(await this.#compare(batch)));
        batch = [];
        if (access.write !== undefined || access.size > 1) await this.#wait();
      }
    }
    found.push(...(await this.#compare(batch)));
    if (step.resetButton === true) await this.reset();
    return found;
  }

  /** Press the reset button of both. */
  async reset(): Promise<void> {
    await Promise.all([this.#qemu.monitor("system_reset"), this.#ours.monitor("system_reset")]);
    await this.#settle();
  }

  /** Compare the flat views and how often each was reset. */
  async compareMaps(): Promise<string[]> {
    const texts = await Promise.all(
      [this.#qemu, this.#ours].map((machine) => machine.monitor("info mtree -f")),
    );
    const [qemu = "", ours = ""] = texts;
    const found = compareViews(flatViews(blocksOf(qemu)), flatViews(blocksOf(ours)));
    if (this.#qemu.resets !== this.#ours.resets) {
      found.push(`resets: QEMU ${this.#qemu.resets}, ours ${this.#ours.resets}`);
    }
    return found;
  }

  close(): void {
    this.#qemu.close();
    this.#ours.close();
  }

  async #compare(accesses: readonly Access[]): Promise<string[]> {
    if (accesses.length === 0) return [];
    const [qemu, ours] = await Promise.all([
      this.#qemu.access(accesses),
      this.#ours.access(accesses),
    ]);
    return accesses.flatMap((access, n) => {
      const expected = qemu[n] ?? 0;
      const answer = ours[n] ?? 0;
      return agrees(access, expected, answer, this.#traits)
        ? []
        : [
            `${formatAccess(access)}: QEMU 0x${expected.toString(16)}, ours 0x${answer.toString(16)}`,
          ];
    });
  }

  /** Wait until no drive of QEMU's is busy: its host works beside its guest. */
  async #wait(): Promise<void> {
    for (let polls = 0; polls < MOST_POLLS; polls++) {
      const statuses = await this.#qemu.access(ALTERNATE_STATUS.map((port) => portRead(port, 1)));
      // Busy with data on offer is a packet that waits for the bus master: that does not pass.
      if (statuses.every((status) => (status & (BUSY | DATA_REQUEST)) !== BUSY)) return;
    }
  }

  async #settle(): Promise<void> {
    await Promise.all([this.#qemu.settle(), this.#ours.settle()]);
    for (let polls = 0; polls < MOST_POLLS && this.#qemu.resets !== this.#ours.resets; polls++) {
      await Promise.all([this.#qemu.settle(), this.#ours.settle()]);
    }
  }
}

/** Whether an access writes where a reset can be asked for. */
function mayReset({ space, address, size, write }: Access): boolean {
  return (
    space === "io" &&
    write !== undefined &&
    RESET_PORTS.some((port) => port >= address && port < address + size)
  );
}

/** Steps as one would write them down. */
export function formatSteps(steps: readonly Step[]): string {
  return steps.map((step) => `  ${formatStep(step)}`).join("\n");
}
