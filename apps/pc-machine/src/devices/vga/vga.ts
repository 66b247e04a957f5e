/** The display adapter: a VGA with the Bochs dispi interface on the PCI bus. */
import type { MemoryRegion } from "@mem/core";
import { setDirty } from "@mem/flat";

import type { DeviceContext } from "../../device/context.js";
import { ANY_WIDTH, bytePortsRegion } from "../../device/windows/byte-ports.js";
import type { PortRange } from "../../device/definition.js";
import { BYTE_WIDE, type IoWindow, type MemoryWindow } from "../../device/windows/io-window.js";
import { PciDevice } from "../../pci/index.js";
import { BochsDispi, DISPI_REGISTERS } from "./bochs-dispi.js";
import { EDID_WINDOW_BYTES, makeEdid } from "./edid.js";
import type { Frame } from "./frame.js";
import { renderFrame } from "./render.js";
import { VgaScreen } from "./screen.js";
import { readCursor, readTextScreen } from "./text-screen.js";
import { VgaRegisters } from "./vga-registers.js";
import { VgaWindow, WINDOW_BYTES, type LinearWindow } from "./vga-window.js";

const MiB = 0x100000;
const FRAMEBUFFER_BAR = 0;
const MMIO_BAR = 2;
const MMIO_BYTES = 0x1000;

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

/** Offsets within the MMIO BAR. */
const Mmio = { EDID: 0x000, VGA_PORTS: 0x400, DISPI: 0x500, EXTENDED: 0x600 } as const;
const EXTENDED_BYTES = 8;
const LITTLE_ENDIAN_FRAMEBUFFER = 0x1e1e1e1e;
const BIG_ENDIAN_FRAMEBUFFER = 0xbebebebe;

/** QEMU's `VGA`: PCI 1234:1111. */
export class Vga extends PciDevice {
  /** `vga-lowmem`, 128 KiB: maps at `VGA_WINDOW_BASE` of the bus's memory. */
  readonly lowMemory: MemoryRegion;
  /** The `vga` and `vbe` port ranges. */
  readonly windows: readonly IoWindow[];
  /** `vga.vram`, the framebuffer. */
  readonly vram: MemoryRegion;
  readonly #registers: VgaRegisters;
  readonly #window: VgaWindow;
  readonly #dispi: BochsDispi;
  readonly #videoMemory: Uint8Array;
  /** The order of the bytes in pixels of more than one byte. */
  #bigEndian = false;
  #linear: { region: MemoryRegion; window: LinearWindow } | null = null;

  /**
   * @param options.rom    the VGA option ROM, whose length is rounded up to a power of two.
   * @param options.vramMb MiB of video memory, a power of two; 16 unless told.
   */
  constructor(ctx: DeviceContext, options: { rom?: Uint8Array | null; vramMb?: number } = {}) {
    super(ctx, {
      name: "VGA",
      vendorId: 0x1234,
      deviceId: 0x1111,
      classCode: 0x030000,
      revision: 2,
    });
    const { machine } = ctx;
    const size = (options.vramMb ?? 16) * MiB;
    this.vram = machine.ram({ name: "vga.vram", size, owner: this.object });
    this.#videoMemory = this.vram.ramBytes(0, size);
    const changed = (): void => this.#updateLinearWindow();
    this.#registers = new VgaRegisters(
      () => ctx.clock.nowNs(),
      (addressing) => {
        this.#dispi.holdMode();
        if (addressing) {
          changed();
        }
      },
    );
    // Both write the bytes of the memory themselves; nobody need know unless somebody looks.
    const written = (offset: number, bytes: number): void => {
      if (this.vram.dirtyLogMask !== 0) setDirty(this.vram, offset, bytes);
    };
    this.#window = new VgaWindow(this.#registers, this.#videoMemory, (at) => written(at, 4));
    this.#dispi = new BochsDispi(
      this.#registers,
      this.#window,
      this.#videoMemory,
      changed,
      (bytes) => written(0, bytes),
    );

    this.lowMemory = machine.mmio({
      name: "vga-lowmem",
      size: WINDOW_BYTES,
      owner: this.object,
      endianness: "little",
      impl: BYTE_WIDE,
      read: (offset) => this.#window.read(offset),
      write: (offset, value) => this.#window.write(offset, value),
    });
    this.windows = [...VGA_PORTS.map(([port, length]) => this.#ports(port, length)), this.#vbe()];
    this.registerBar(FRAMEBUFFER_BAR, this.vram, "prefetch");
    this.registerBar(MMIO_BAR, this.#mmio(), "mem");
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
    this.#bigEndian = false;
    this.#window.reset();
    this.#dispi.reset();
    this.#registers.reset();
  }

  /** The rows of the text screen, empty in a graphics mode. */
  textScreen(): string[] {
    return this.#dispi.enabled ? [] : readTextScreen(this.#registers, this.#videoMemory);
  }

  /** The place where the text cursor shows, or null. */
  textCursor(): { row: number; column: number } | null {
    return this.#dispi.enabled ? null : readCursor(this.#registers);
  }

  /** The picture a monitor would show. */
  renderFrame(): Frame {
    return renderFrame(this.#registers, this.#dispi, this.#videoMemory, this.#bigEndian);
  }

  /** Follow the picture by what changes: dirty pages of video memory, and registers. */
  watchScreen(): VgaScreen {
    return new VgaScreen({
      vram: this.vram,
      videoMemory: this.#videoMemory,
      registers: this.#registers,
      dispi: this.#dispi,
      isBigEndian: () => this.#bigEndian,
    });
  }

  #ports(port: number, length: number): IoWindow {
    const ports = {
      size: length,
      read: (offset: number) => this.#registers.read(port + offset),
      write: (offset: number, value: number) => this.#registers.write(port + offset, value),
    };
    return { port, region: bytePortsRegion(this.context.machine, "vga", ports, this.object) };
  }

  /** Word-wide index and data; the data port answers at both following addresses. */
  #vbe(): IoWindow {
    const region = this.context.machine.mmio({
      name: "vbe",
      size: 4,
      owner: this.object,
      ...ANY_WIDTH,
      read: (offset, size) => {
        if (size !== 2 || offset > 2) {
          return 0xffff_ffff;
        }
        return offset === 0 ? this.#dispi.index : this.#dispi.read(this.#dispi.index);
      },
      write: (offset, value, size) => {
        if (size !== 2 || offset > 2) {
          return;
        }
        if (offset === 0) {
          this.#dispi.index = value;
        } else {
          this.#dispi.write(this.#dispi.index, value);
        }
      },
    });
    return { port: DISPI_INDEX_PORT, region };
  }

  #mmio(): MemoryRegion {
    const { machine } = this.context;
    const owner = this.object;
    const edid = makeEdid();
    const bar = machine.mmio({
      name: "vga.mmio",
      size: MMIO_BYTES,
      owner,
      read: () => 0xffff_ffff,
      write: () => undefined,
    });
    bar.addSubregion(
      Mmio.EDID,
      machine.mmio({
        name: "edid",
        size: EDID_WINDOW_BYTES,
        owner,
        impl: BYTE_WIDE,
        read: (offset) => edid[offset] ?? 0,
        write: () => undefined,
      }),
    );
    bar.addSubregion(
      Mmio.VGA_PORTS,
      machine.mmio({
        name: "vga ioports remapped",
        size: 0x20,
        owner,
        endianness: "little",
        impl: BYTE_WIDE,
        read: (offset) => this.#registers.read(0x3c0 + offset),
        write: (offset, value) => this.#registers.write(0x3c0 + offset, value),
      }),
    );
    bar.addSubregion(
      Mmio.DISPI,
      machine.mmio({
        name: "bochs dispi interface",
        size: 2 * DISPI_REGISTERS,
        owner,
        endianness: "little",
        valid: { minAccessSize: 1, maxAccessSize: 4 },
        impl: { minAccessSize: 2, maxAccessSize: 2 },
        read: (offset) => this.#dispi.read(offset >> 1),
        write: (offset, value) => this.#dispi.write(offset >> 1, value),
      }),
    );
    bar.addSubregion(
      Mmio.EXTENDED,
      machine.mmio({
        name: "qemu extended regs",
        size: EXTENDED_BYTES,
        owner,
        endianness: "little",
        impl: { minAccessSize: 4, maxAccessSize: 4 },
        read: (offset) =>
          offset === 0
            ? EXTENDED_BYTES
            : this.#bigEndian
              ? BIG_ENDIAN_FRAMEBUFFER
              : LITTLE_ENDIAN_FRAMEBUFFER,
        write: (offset, value) => {
          // Any other value changes nothing.
          if (offset === 0) return;
          if (value === BIG_ENDIAN_FRAMEBUFFER) this.#bigEndian = true;
          else if (value === LITTLE_ENDIAN_FRAMEBUFFER) this.#bigEndian = false;
        },
      }),
    );
    return bar;
  }

  /** Let the framebuffer itself show in the low window while that is plain memory. */
  #updateLinearWindow(): void {
    if (this.devfn < 0) {
      return;
    }
    const wanted = this.#window.linear;
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
