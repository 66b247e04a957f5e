/** The display adapter: a VGA with the Bochs dispi interface on the PCI bus. */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../device/context.js";
import { ANY_WIDTH, bytePortsRegion } from "../../device/windows/byte-ports.js";
import type { PortRange } from "../../device/definition.js";
import { BYTE_WIDE, type IoWindow, type MemoryWindow } from "../../device/windows/io-window.js";
import { PciDevice } from "../../pci/index.js";
import type { Frame } from "./frame.js";
import type { VgaScreen } from "./screen.js";
import type { TextCells } from "./text-screen.js";
import { VgaCore } from "./vga-core.js";
import { WINDOW_BYTES, type LinearWindow } from "./vga-window.js";

/** Numbers of the BARs. */
export const VgaBar = { FRAMEBUFFER: 0, MMIO: 2 } as const;

/** The place where the low window is mapped, and with what priority in the bus's memory. */
export const VGA_WINDOW_BASE = 0xa0000;
export const VGA_WINDOW_PRIORITY = 1;
/** While the window is plain memory, an alias of the framebuffer covers it. */
const LINEAR_PRIORITY = 2;

/** Port ranges of the VGA: first port and length. */
const VGA_PORTS = [
  [0x3b4, 2],
  [0x3ba, 1],
  [0x3c0, 16],
  [0x3d4, 2],
  [0x3da, 1],
] as const;
const DISPI_INDEX_PORT = 0x1ce;
const DISPI_PORTS = 4;

/** All ports that the adapter answers at. */
export const VGA_PORT_RANGES: readonly PortRange[] = [
  ...VGA_PORTS.map(([first, count]) => ({ first, count })),
  { first: DISPI_INDEX_PORT, count: DISPI_PORTS },
];

/** Identity that all adapters share. */
export const VGA_IDENTITY = { vendorId: 0x1234, deviceId: 0x1111, revision: 2 } as const;
/** MiB of video memory unless told. */
export const VRAM_MB = 16;

/** QEMU's `VGA`: PCI 1234:1111. */
export class Vga extends PciDevice {
  /** `vga-lowmem`, 128 KiB: maps at `VGA_WINDOW_BASE` of the bus's memory. */
  readonly lowMemory: MemoryRegion;
  /** The `vga` and `vbe` port ranges. */
  readonly windows: readonly IoWindow[];
  /** `vga.vram`, the framebuffer. */
  readonly vram: MemoryRegion;
  readonly #core: VgaCore;
  #linear: { region: MemoryRegion; window: LinearWindow } | null = null;

  /**
   * @param options.rom    the VGA option ROM, whose length is rounded up to a power of two.
   * @param options.vramMb MiB of video memory, a power of two; 16 unless told.
   */
  constructor(ctx: DeviceContext, options: { rom?: Uint8Array | null; vramMb?: number } = {}) {
    super(ctx, { name: "VGA", ...VGA_IDENTITY, classCode: 0x030000 });
    const { machine } = ctx;
    const core = new VgaCore(ctx, this.object, options.vramMb ?? VRAM_MB, () =>
      this.#updateLinearWindow(),
    );
    this.#core = core;
    this.vram = core.vram;

    this.lowMemory = machine.mmio({
      name: "vga-lowmem",
      size: WINDOW_BYTES,
      owner: this.object,
      endianness: "little",
      impl: BYTE_WIDE,
      read: (offset) => core.window.read(offset),
      write: (offset, value) => core.window.write(offset, value),
    });
    this.windows = [...VGA_PORTS.map(([port, length]) => this.#ports(port, length)), this.#vbe()];
    this.registerBar(VgaBar.FRAMEBUFFER, this.vram, "prefetch");
    this.registerBar(VgaBar.MMIO, core.mmio.region, "mem");
    if (options.rom !== undefined && options.rom !== null) {
      this.registerRom("vga.rom", options.rom);
    }
  }

  /** The window below 1 MiB. */
  get memoryWindows(): readonly MemoryWindow[] {
    return [{ address: VGA_WINDOW_BASE, region: this.lowMemory, priority: VGA_WINDOW_PRIORITY }];
  }

  override reset(): void {
    super.reset();
    this.#core.reset();
  }

  /** The rows of the text screen, empty in a graphics mode. */
  textScreen(): string[] {
    return this.#core.textScreen();
  }

  /** The place where the text cursor shows, or null. */
  textCursor(): { row: number; column: number } | null {
    return this.#core.textCursor();
  }

  /** The cells of the text screen with their attributes; `null` in a graphics mode. */
  textCells(): TextCells | null {
    return this.#core.textCells();
  }

  /** Width and height in pixels of the picture that {@link renderFrame} makes. */
  get pictureSize(): { readonly width: number; readonly height: number } {
    return this.#core.pictureSize;
  }

  /** The picture a monitor would show. */
  renderFrame(): Frame {
    return this.#core.renderFrame();
  }

  /** Follow the picture by what changes: dirty pages of video memory, and registers. */
  watchScreen(): VgaScreen {
    return this.#core.watchScreen();
  }

  #ports(port: number, length: number): IoWindow {
    const { registers } = this.#core;
    const ports = {
      size: length,
      read: (offset: number) => registers.read(port + offset),
      write: (offset: number, value: number) => registers.write(port + offset, value),
    };
    return { port, region: bytePortsRegion(this.context.machine, "vga", ports, this.object) };
  }

  /** Word-wide index and data; the data port answers at both following addresses. */
  #vbe(): IoWindow {
    const { dispi } = this.#core;
    const region = this.context.machine.mmio({
      name: "vbe",
      size: 4,
      owner: this.object,
      ...ANY_WIDTH,
      read: (offset, size) => {
        if (size !== 2 || offset > 2) {
          return 0xffff_ffff;
        }
        return offset === 0 ? dispi.index : dispi.read(dispi.index);
      },
      write: (offset, value, size) => {
        if (size !== 2 || offset > 2) {
          return;
        }
        if (offset === 0) {
          dispi.index = value;
        } else {
          dispi.write(dispi.index, value);
        }
      },
    });
    return { port: DISPI_INDEX_PORT, region };
  }

  /** Let the framebuffer itself show in the low window while that is plain memory. */
  #updateLinearWindow(): void {
    if (this.devfn < 0) {
      return;
    }
    const wanted = this.#core.window.linear;
    const current = this.#linear;
    if (
      wanted?.start === current?.window.start &&
      wanted?.length === current?.window.length &&
      wanted?.offset === current?.window.offset
    ) {
      return;
    }
    const { machine } = this.context;
    const memory = this.bus.memory;
    machine.transaction(() => {
      if (current !== null) {
        memory.removeSubregion(current.region);
        current.region.unparent();
      }
      this.#linear = null;
      if (wanted !== null) {
        const region = machine.alias({
          name: "vga.chain4",
          size: wanted.length,
          owner: this.object,
          target: this.vram,
          offset: wanted.offset,
        });
        memory.addSubregion(VGA_WINDOW_BASE + wanted.start, region, { priority: LINEAR_PRIORITY });
        this.#linear = { region, window: wanted };
      }
    });
  }
}
