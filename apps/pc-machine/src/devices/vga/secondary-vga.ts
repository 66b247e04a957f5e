/** A second display adapter: the VGA's registers and memory behind BARs alone. */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../device/context.js";
import { PciDevice } from "../../pci/index.js";
import type { Frame } from "./frame.js";
import { VgaCore } from "./vga-core.js";
import { VGA_IDENTITY, VgaBar } from "./vga.js";

/** QEMU's `secondary-vga`: PCI 1234:1111 as a display controller that is no VGA. */
export class SecondaryVga extends PciDevice {
  /** `vga.vram`, the framebuffer. */
  readonly vram: MemoryRegion;
  readonly #core: VgaCore;

  /** @param vramMb MiB of video memory, a power of two */
  constructor(ctx: DeviceContext, vramMb: number) {
    super(ctx, { name: "secondary-vga", ...VGA_IDENTITY, classCode: 0x038000 });
    // There is no window below 1 MiB whose mapping could change.
    this.#core = new VgaCore(ctx, this.object, vramMb, () => undefined);
    this.vram = this.#core.vram;
    this.registerBar(VgaBar.FRAMEBUFFER, this.vram, "prefetch");
    this.registerBar(VgaBar.MMIO, this.#core.mmio.region, "mem");
  }

  override reset(): void {
    super.reset();
    this.#core.reset();
  }

  /** The picture a monitor would show. */
  renderFrame(): Frame {
    return this.#core.renderFrame();
  }
}
