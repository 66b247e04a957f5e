/** Parts that every adapter has: video memory, registers, and the picture that they make. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import { setDirty } from "@mem/flat";

import type { DeviceContext } from "../../device/context.js";
import { BochsDispi } from "./bochs-dispi.js";
import type { Frame } from "./frame.js";
import { pictureSize, renderFrame } from "./render.js";
import { VgaScreen } from "./screen.js";
import { readCursor, readTextCells, readTextScreen, type TextCells } from "./text-screen.js";
import { VgaMmio } from "./vga-mmio.js";
import { VgaRegisters } from "./vga-registers.js";
import { VgaWindow } from "./vga-window.js";

const MiB = 0x100000;

/** A VGA with the Bochs dispi interface, wherever it is mapped. */
export class VgaCore {
  /** `vga.vram`, the framebuffer. */
  readonly vram: MemoryRegion;
  readonly registers: VgaRegisters;
  /** The window below 1 MiB, for an adapter that has one. */
  readonly window: VgaWindow;
  readonly dispi: BochsDispi;
  /** The registers behind BAR 2. */
  readonly mmio: VgaMmio;
  readonly #videoMemory: Uint8Array;

  /**
   * @param vramMb  MiB of video memory, a power of two
   * @param changed told when the way memory shows in the window may have changed
   */
  constructor(ctx: DeviceContext, owner: DeviceObject, vramMb: number, changed: () => void) {
    const size = vramMb * MiB;
    this.vram = ctx.machine.ram({ name: "vga.vram", size, owner });
    this.#videoMemory = this.vram.ramBytes(0, size);
    this.registers = new VgaRegisters(
      () => ctx.clock.nowNs(),
      (addressing) => {
        this.dispi.holdMode();
        if (addressing) {
          changed();
        }
      },
    );
    // Both write the bytes of the memory themselves; nobody need know unless somebody looks.
    const written = (offset: number, bytes: number): void => {
      if (this.vram.dirtyLogMask !== 0) setDirty(this.vram, offset, bytes);
    };
    this.window = new VgaWindow(this.registers, this.#videoMemory, (at) => written(at, 4));
    this.dispi = new BochsDispi(this.registers, this.window, this.#videoMemory, changed, (bytes) =>
      written(0, bytes),
    );
    this.mmio = new VgaMmio(ctx.machine, owner, this.registers, this.dispi);
  }

  /** Back to the power-on state; video memory stays. */
  reset(): void {
    this.mmio.reset();
    this.window.reset();
    this.dispi.reset();
    this.registers.reset();
  }

  /** The rows of the text screen, empty in a graphics mode. */
  textScreen(): string[] {
    return this.dispi.enabled ? [] : readTextScreen(this.registers, this.#videoMemory);
  }

  /** The place where the text cursor shows, or null. */
  textCursor(): { row: number; column: number } | null {
    return this.dispi.enabled ? null : readCursor(this.registers);
  }

  /** The cells of the text screen with their attributes; `null` in a graphics mode. */
  textCells(): TextCells | null {
    return this.dispi.enabled ? null : readTextCells(this.registers, this.#videoMemory);
  }

  /** Width and height in pixels of the picture that {@link renderFrame} makes. */
  get pictureSize(): { readonly width: number; readonly height: number } {
    return pictureSize(this.registers, this.dispi);
  }

  /** The picture a monitor would show. */
  renderFrame(): Frame {
    return renderFrame(this.registers, this.dispi, this.#videoMemory, this.mmio.bigEndian);
  }

  /** Follow the picture by what changes: dirty pages of video memory, and registers. */
  watchScreen(): VgaScreen {
    return new VgaScreen({
      vram: this.vram,
      videoMemory: this.#videoMemory,
      registers: this.registers,
      modes: this.dispi,
      isBigEndian: () => this.mmio.bigEndian,
    });
  }
}
