/** This machine, driven by steps, with a processor that does nothing. */
import { createHash } from "node:crypto";

import { mtree } from "@mem/flat";

import type { PcOptions } from "../../src/board/options/options.js";
import { readLe, writeLe } from "../../src/pci/config-space.js";
import { FakeCpu, Rig } from "./board-rig.js";
import type { Access, Step } from "./guest-access.js";

/** A processor that executes nothing, so that no time passes. */
class StillCpu extends FakeCpu {
  override run(): number {
    return 0;
  }
}

export class SteppedRig {
  readonly rig: Rig;
  #resets = 0;

  constructor(options: Partial<PcOptions>) {
    this.rig = new Rig(
      { ...options, onReset: () => void this.#resets++ },
      (wiring) => new StillCpu(wiring),
    );
  }

  /** Resets since the start. */
  get resets(): number {
    return this.#resets;
  }

  /** Do an access as qtest does: a run of bytes, which the address space cuts. 0 for a write. */
  access({ space, address, size, write }: Access): number {
    const bus = space === "io" ? this.rig.pc.io : this.rig.pc.memory;
    const bytes = new Uint8Array(size);
    if (write === undefined) {
      bus.read(address, bytes);
      return readLe(bytes, 0, size);
    }
    writeLe(bytes, 0, write, size);
    bus.write(address, bytes);
    return 0;
  }

  /** After a step's accesses: the resets that they asked for, and the button. */
  settle({ resetButton = false }: Step): void {
    this.rig.pc.step(1);
    if (resetButton) {
      this.rig.pc.reset();
    }
  }

  /** A short form of the whole memory map and of every configuration space. */
  digest(): string {
    const { board, machine } = this.rig.pc;
    const hash = createHash("sha256");
    for (const options of [{ flatview: true }, { disabled: true, owner: true }]) {
      hash.update(mtree(machine, options).sort().join("\n\n"));
    }
    for (const device of board.pci.devices()) {
      hash.update(device.config);
    }
    return hash.digest("hex").slice(0, 16);
  }
}
