/** The PIIX3's IDE function: two channels at their legacy ports, and a bus master. */
import type { DeviceContext, IrqLine } from "../../device/context.js";
import type { IoWindow } from "../../device/windows/io-window.js";
import { PciDevice, PciStatus } from "../../pci/index.js";
import { BusMaster } from "./bus-master.js";
import { IdeChannel, type DriveOptions } from "./ide-channel.js";
import { PcError } from "../../pc-error.js";

const BUS_MASTER_BAR = 4;
const BUS_MASTER_BYTES = 16;

/** QEMU's `piix3-ide`: PCI 8086:7010. */
export class Piix3Ide extends PciDevice {
  /** The two channels' ports. */
  readonly windows: readonly IoWindow[];
  readonly #channels: readonly [IdeChannel, IdeChannel];
  readonly #masters: readonly [BusMaster, BusMaster];

  /**
   * @param options.primaryIrq   IRQ 14.
   * @param options.secondaryIrq IRQ 15.
   * @param options.drives       primary master, primary slave, secondary master, secondary slave.
   */
  constructor(
    ctx: DeviceContext,
    options: {
      primaryIrq: IrqLine;
      secondaryIrq: IrqLine;
      drives?: readonly (DriveOptions | null)[];
    },
  ) {
    super(ctx, {
      name: "piix3-ide",
      vendorId: 0x8086,
      deviceId: 0x7010,
      classCode: 0x010180,
      status: PciStatus.FAST_BACK | PciStatus.DEVSEL_MEDIUM,
    });
    const channel = (n: 0 | 1, commandPort: number, controlPort: number, irq: IrqLine) =>
      new IdeChannel(ctx, {
        commandPort,
        controlPort,
        irq,
        onInterrupt: () => this.#masters[n].noteInterrupt(),
        onDmaReady: () => this.#masters[n].pump(),
      });
    const master = (n: 0 | 1) =>
      new BusMaster(ctx, {
        owner: this.object,
        channel: () => this.#channels[n],
        memory: () => this.dma,
      });
    this.#channels = [
      channel(0, 0x1f0, 0x3f6, options.primaryIrq),
      channel(1, 0x170, 0x376, options.secondaryIrq),
    ];
    this.#masters = [master(0), master(1)];
    this.windows = this.#channels.flatMap((one) => [...one.windows]);

    const container = ctx.machine.container({
      name: "piix-bmdma-container",
      size: BUS_MASTER_BYTES,
      owner: this.object,
    });
    this.#masters.forEach((one, n) => {
      container.addSubregion(8 * n, one.commandRegion);
      container.addSubregion(8 * n + 4, one.addressRegion);
    });
    this.registerBar(BUS_MASTER_BAR, container, "io");

    options.drives?.forEach((drive, n) => {
      if (drive !== null) {
        this.attachDrive(n, drive);
      }
    });
  }

  /**
   * Plug a disk in: 0 and 1 are the primary channel's master and slave, 2 and 3 the secondary's.
   *
   * @throws PcError when there is no such place, or it is taken.
   */
  attachDrive(number: number, drive: DriveOptions): void {
    const channel = this.#channels[number >> 1];
    const slot = number % 2 === 1 ? 1 : 0;
    if (channel === undefined || number < 0 || !Number.isInteger(number)) {
      throw new PcError(`IDE drive ${number} has no place: there are 0 to 3`, {
        rule: "ide-drive",
      });
    }
    if (channel.has(slot)) {
      throw new PcError(`IDE drive ${number} is there already`, { rule: "ide-drive" });
    }
    channel.attach(slot, { ...drive, dma: true, number });
  }

  override reset(): void {
    super.reset();
    this.#channels.forEach((channel) => channel.reset());
    this.#masters.forEach((master) => master.reset());
  }
}
