/** The display adapter with Cirrus Logic's GD5446: a VGA with packed pixels, a cursor and a BitBLT engine. */
import type { MemoryRegion } from "@mem/core";
import { setDirty } from "@mem/flat";

import type { DeviceContext } from "../../device/context.js";
import type { PortRange } from "../../device/definition.js";
import { BYTE_WIDE, type IoWindow, type MemoryWindow } from "../../device/windows/io-window.js";
import { PciDevice } from "../../pci/index.js";
import type { Frame } from "../vga/frame.js";
import { pictureSize, renderFrame } from "../vga/render.js";
import { VgaScreen } from "../vga/screen.js";
import { readCursor, readTextCells, readTextScreen, type TextCells } from "../vga/text-screen.js";
import { VgaRegisters } from "../vga/vga-registers.js";
import { VgaWindow } from "../vga/vga-window.js";
import { VGA_WINDOW_BASE, VGA_WINDOW_PRIORITY } from "../vga/vga.js";
import { Blitter } from "./blitter.js";
import { HardwareCursor } from "./hardware-cursor.js";
import { CirrusMode } from "./mode.js";
import { CirrusGfx, CirrusRegisters, CirrusSeq } from "./registers.js";
import { CirrusRegions } from "./regions.js";
import { CirrusMemory } from "./video-memory.js";

const PORTS: PortRange = { first: 0x3b0, count: 0x30 };
const GD5446 = { vendorId: 0x1013, deviceId: 0x00b8, classCode: 0x030000 } as const;
const BAR_MEMORY = 0;
const BAR_REGISTERS = 1;
const MiB = 0x100000;
/** MiB of video memory unless told. */
export const CIRRUS_MEMORY_MB = 4;

/** Bits of the engine's status. */
const Status = { BUSY: 0x01, START: 0x02, RESET: 0x04, FULL: 0x10, AUTOMATIC: 0x80 } as const;

/** All ports that the adapter answers at. */
export const CIRRUS_PORT_RANGES: readonly PortRange[] = [PORTS];

/** QEMU's `cirrus-vga`: PCI 1013:00b8. */
export class CirrusVga extends PciDevice {
  /** `vga.vram`, the video memory. */
  readonly vram: MemoryRegion;
  /** The `cirrus-io` port range. */
  readonly windows: readonly IoWindow[];
  readonly #videoMemory: Uint8Array;
  readonly #registers: CirrusRegisters;
  readonly #window: VgaWindow;
  readonly #blitter: Blitter;
  readonly #mode: CirrusMode;
  readonly #cursor: HardwareCursor;
  readonly #regions: CirrusRegions;

  /**
   * @param options.rom    the VGA option ROM, whose length is rounded up to a power of two
   * @param options.vramMb MiB of video memory: 4, 8 or 16; 4 unless told
   */
  constructor(ctx: DeviceContext, options: { rom?: Uint8Array | null; vramMb?: number } = {}) {
    super(ctx, { name: "cirrus-vga", ...GD5446 });
    const { machine } = ctx;
    const size = (options.vramMb ?? CIRRUS_MEMORY_MB) * MiB;
    this.vram = machine.ram({ name: "vga.vram", size, owner: this.object });
    this.#videoMemory = this.vram.ramBytes(0, size);
    const written = (offset: number, bytes: number): void => {
      if (this.vram.dirtyLogMask === 0) return;
      const first = Math.max(0, offset);
      const end = Math.min(size, offset + bytes);
      if (first < end) setDirty(this.vram, first, end - first);
    };
    const vga = new VgaRegisters(
      () => ctx.clock.nowNs(),
      () => undefined,
    );
    this.#registers = new CirrusRegisters(vga, {
      // As in QEMU, memory follows this register only when the next one of those below is written.
      sequencerWrite: (index) => {
        if (index === CirrusSeq.MODE) this.#regions.follow();
      },
      sequencerWritten: (index) => {
        if (index === CirrusSeq.CONFIGURATION) this.#regions.follow();
      },
      graphicsWritten: (index, old) => this.#graphicsWritten(index, old),
    });
    this.#blitter = new Blitter(this.#videoMemory, written, () => this.#endBlit());
    this.#window = new VgaWindow(vga, this.#videoMemory, (at) => written(at, 4));
    this.#mode = new CirrusMode(this.#registers);
    this.#cursor = new HardwareCursor(this.#registers, this.#videoMemory);
    const memory = new CirrusMemory(
      this.#registers,
      this.#videoMemory,
      this.#window,
      this.#blitter,
      written,
    );
    this.#regions = new CirrusRegions(
      { machine, owner: this.object, vram: this.vram },
      { registers: this.#registers, memory, blitter: this.#blitter },
    );
    this.windows = [{ port: PORTS.first, region: this.#portRegion() }];
    this.registerBar(BAR_MEMORY, this.#regions.memoryBar, "prefetch");
    this.registerBar(BAR_REGISTERS, this.#regions.registerBar, "mem");
    if (options.rom !== undefined && options.rom !== null) {
      this.registerRom("cirrus_vga.rom", options.rom);
    }
    this.reset();
  }

  /** The window below 1 MiB. */
  get memoryWindows(): readonly MemoryWindow[] {
    return [
      { address: VGA_WINDOW_BASE, region: this.#regions.window, priority: VGA_WINDOW_PRIORITY },
    ];
  }

  override reset(): void {
    super.reset();
    this.#blitter.reset();
    this.#window.reset();
    this.#registers.reset();
    this.#regions.reset();
  }

  /** The rows of the text screen, empty in a graphics mode. */
  textScreen(): string[] {
    return this.#mode.enabled ? [] : readTextScreen(this.#registers.vga, this.#videoMemory);
  }

  /** The place where the text cursor shows, or null. */
  textCursor(): { row: number; column: number } | null {
    return this.#mode.enabled ? null : readCursor(this.#registers.vga);
  }

  /** The cells of the text screen with their attributes; `null` in a graphics mode. */
  textCells(): TextCells | null {
    return this.#mode.enabled ? null : readTextCells(this.#registers.vga, this.#videoMemory);
  }

  /** Width and height in pixels of the picture that {@link renderFrame} makes. */
  get pictureSize(): { readonly width: number; readonly height: number } {
    return pictureSize(this.#registers.vga, this.#mode);
  }

  /** The picture a monitor would show. */
  renderFrame(): Frame {
    const frame = renderFrame(this.#registers.vga, this.#mode, this.#videoMemory);
    this.#cursor.draw(frame, { first: 0, end: frame.height });
    return frame;
  }

  /** Follow the picture by what changes: dirty pages of video memory, and registers. */
  watchScreen(): VgaScreen {
    return new VgaScreen({
      vram: this.vram,
      videoMemory: this.#videoMemory,
      registers: this.#registers.vga,
      modes: this.#mode,
      isBigEndian: () => false,
      overlay: this.#cursor,
    });
  }

  #portRegion(): MemoryRegion {
    return this.context.machine.mmio({
      name: "cirrus-io",
      size: PORTS.count,
      owner: this.object,
      endianness: "little",
      impl: BYTE_WIDE,
      read: (offset) => this.#registers.read(PORTS.first + offset),
      write: (offset, value) => this.#registers.write(PORTS.first + offset, value),
    });
  }

  #graphicsWritten(index: number, old: number): void {
    const { gfx } = this.#registers;
    switch (index) {
      case CirrusGfx.MODE:
      case CirrusGfx.BANK_0:
      case CirrusGfx.BANK_1:
      case CirrusGfx.MODE_EXTENSIONS:
        this.#regions.follow();
        break;
      case CirrusGfx.BLT_STATUS: {
        const status = gfx[index] ?? 0;
        if ((old & Status.RESET) !== 0 && (status & Status.RESET) === 0) this.#endBlit();
        else if ((old & Status.START) === 0 && (status & Status.START) !== 0) this.#startBlit();
        break;
      }
      case CirrusGfx.DESTINATION_HIGH:
        if (((gfx[CirrusGfx.BLT_STATUS] ?? 0) & Status.AUTOMATIC) !== 0) this.#startBlit();
        break;
    }
  }

  #startBlit(): void {
    const { gfx } = this.#registers;
    gfx[CirrusGfx.BLT_STATUS] = (gfx[CirrusGfx.BLT_STATUS] ?? 0) | Status.BUSY;
    this.#blitter.start(gfx);
    if (this.#blitter.awaitsSource) this.#regions.follow();
    else this.#endBlit();
  }

  #endBlit(): void {
    const { gfx } = this.#registers;
    const over = Status.START | Status.BUSY | Status.FULL;
    gfx[CirrusGfx.BLT_STATUS] = (gfx[CirrusGfx.BLT_STATUS] ?? 0) & ~over;
    this.#blitter.reset();
    this.#regions.follow();
  }
}
