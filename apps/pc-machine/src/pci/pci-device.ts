/**
 * A PCI function: its configuration space, its windows, its interrupt pin and its bus mastering.
 *
 * A device derives from {@link PciDevice}, registers its BARs in its constructor, and overrides
 * {@link PciDevice.configWrite} where a register has an effect.
 */
import { MemTxResult, type DeviceObject, type MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import type { DeviceContext } from "../device/context.js";
import { createDeviceObject } from "../device/device-object.js";
import {
  CONFIG_SIZE,
  HEADER_MULTIFUNCTION,
  PciCommand,
  PciConfig,
  PciStatus,
  readLe,
  writeLe,
} from "./config-space.js";
import { PciBar, ROM_BAR, type BarType } from "./pci-bar.js";
import type { PciBusPort } from "./bus-port.js";
import { BusMaster } from "./bus-master.js";
import { MSI_BYTES, MSI_CAPABILITY, MsiCapability } from "./msi.js";
import { MSIX_BYTES, MSIX_CAPABILITY, MsixCapability, storeMessage } from "./msix.js";
import { PciError } from "./pci-error.js";

/** A window for an expansion ROM has so many bytes at least. */
const LEAST_ROM_BYTES = 2048;

/** The fixed identity of a PCI function. */
export interface PciIdentity {
  /** Name of the device as QEMU calls it ("PIIX3", "VGA"): QOM type and DMA address space. */
  readonly name: string;
  /** The place where its object goes below `/machine`; by default with what the board itself creates. */
  readonly path?: string;
  /** The vendor, 16 bits. */
  readonly vendorId: number;
  /** The device, 16 bits. */
  readonly deviceId: number;
  /** The 24-bit class code: class, subclass, programming interface. */
  readonly classCode: number;
  /** The revision, 8 bits. Default 0. */
  readonly revision?: number;
  /** Default 0x1af4, the vendor of virtual hardware. */
  readonly subsystemVendorId?: number;
  /** Default 0x1100, a virtual machine's board. */
  readonly subsystemId?: number;
  /** 0 none (default), 1 to 4 for INTA# to INTD#. */
  readonly interruptPin?: number;
  /** Status bits that are set from reset on. */
  readonly status?: number;
  /** More functions follow in this slot. */
  readonly multifunction?: boolean;
}

/** Capabilities lie behind the header. */
const FIRST_CAPABILITY = 0x40;

const COMMAND_WRITABLE =
  PciCommand.IO | PciCommand.MEMORY | PciCommand.MASTER | PciCommand.SERR | PciCommand.INTX_DISABLE;

/** Base of every PCI function. */
export class PciDevice {
  /** The device's name, as QEMU calls it. */
  readonly name: string;
  /** The object that owns the device's regions. */
  readonly object: DeviceObject;
  /** The configuration space as the guest reads it. */
  readonly config: Uint8Array = new Uint8Array(CONFIG_SIZE);
  /** Bits of each configuration byte that the guest may change. */
  readonly writable: Uint8Array = new Uint8Array(CONFIG_SIZE);
  /** Bits of each configuration byte that the guest clears by writing 1. */
  readonly writeOneToClear: Uint8Array = new Uint8Array(CONFIG_SIZE);
  protected readonly context: DeviceContext;
  readonly #bars: PciBar[] = [];
  #bus: PciBusPort | null = null;
  #msi: MsiCapability | null = null;
  #msix: MsixCapability | null = null;
  #capabilitiesEnd = FIRST_CAPABILITY;
  #devfn = -1;
  #pinLevel = false;
  #assertedLevel = false;
  #busMaster: BusMaster | null = null;

  constructor(context: DeviceContext, identity: PciIdentity) {
    this.context = context;
    this.name = identity.name;
    this.object = createDeviceObject(context.machine, identity.name, identity.path ?? context.path);
    const config = this.config;
    writeLe(config, PciConfig.VENDOR_ID, identity.vendorId, 2);
    writeLe(config, PciConfig.DEVICE_ID, identity.deviceId, 2);
    writeLe(config, PciConfig.STATUS, identity.status ?? 0, 2);
    config[PciConfig.REVISION] = identity.revision ?? 0;
    writeLe(config, PciConfig.PROG_IF, identity.classCode, 3);
    config[PciConfig.HEADER_TYPE] = identity.multifunction === true ? HEADER_MULTIFUNCTION : 0;
    writeLe(config, PciConfig.SUBSYSTEM_VENDOR_ID, identity.subsystemVendorId ?? 0x1af4, 2);
    writeLe(config, PciConfig.SUBSYSTEM_ID, identity.subsystemId ?? 0x1100, 2);
    config[PciConfig.INTERRUPT_PIN] = identity.interruptPin ?? 0;

    writeLe(this.writable, PciConfig.COMMAND, COMMAND_WRITABLE, 2);
    this.writable[PciConfig.CACHE_LINE_SIZE] = 0xff;
    this.writable[PciConfig.INTERRUPT_LINE] = 0xff;
    this.writable.fill(0xff, 0x40);
    writeLe(this.writeOneToClear, PciConfig.STATUS, PciStatus.WRITE_ONE_TO_CLEAR, 2);
  }

  /** The bus the function sits on. @throws PciError before it was added to one. */
  get bus(): PciBusPort {
    if (this.#bus === null) {
      throw new PciError(`PCI device "${this.name}" is not on a bus yet`, { rule: "pci-no-bus" });
    }
    return this.#bus;
  }

  /** Slot number times 8 plus function number, -1 before the function is on a bus. */
  get devfn(): number {
    return this.#devfn;
  }

  /** The windows, in the order of their registers. */
  get bars(): readonly PciBar[] {
    return this.#bars;
  }

  /**
   * Memory as this function sees it when it masters the bus (DMA). While the guest has bus
   * mastering off, every access to it ends in a decode error.
   * @throws PciError before the function is on a bus.
   */
  get dma(): AddressSpace {
    if (this.#busMaster === null) {
      throw new PciError(`PCI device "${this.name}" has no DMA before it is on a bus`, {
        rule: "pci-no-bus",
      });
    }
    return this.#busMaster.space;
  }

  /**
   * Give the function a window. Call it in the device's constructor.
   * @param index 0 to 5, or {@link ROM_BAR} for the expansion ROM
   * @throws PciError when the index is taken or the region's size is no power of two
   */
  registerBar(index: number, region: MemoryRegion, type: BarType): PciBar {
    const bar = new PciBar(index, type, region);
    if (this.#bars.some((other) => other.index === index)) {
      throw new PciError(`PCI device "${this.name}" has BAR ${index} already`, {
        rule: "bar-taken",
      });
    }
    bar.initialise(this.config, this.writable);
    this.#bars.push(bar);
    this.#bars.sort((a, b) => a.index - b.index);
    return bar;
  }

  /**
   * Give the function an expansion ROM, which firmware runs. Call it in the device's constructor.
   * @param name  the region's, such as `vga.rom`
   * @param bytes copied
   * @throws PciError when it has one
   */
  registerRom(name: string, bytes: Uint8Array): void {
    const rom = this.context.machine.rom({
      name,
      size: Math.max(LEAST_ROM_BYTES, 2 ** Math.ceil(Math.log2(bytes.length))),
      owner: this.object,
    });
    rom.ramBytes(0, bytes.length).set(bytes);
    this.registerBar(ROM_BAR, rom, "mem");
  }

  /**
   * Put a capability of `size` bytes into the list that the guest walks. Call it in the device's
   * constructor. Its registers are zero, and read only until {@link writable} says otherwise.
   * @returns where it begins in configuration space
   * @throws PciError when configuration space has no room for it
   */
  addCapability(id: number, size: number): number {
    const at = this.#capabilitiesEnd;
    const end = (at + size + 3) & ~3;
    if (size < 2 || end > CONFIG_SIZE) {
      throw new PciError(
        `PCI device "${this.name}": no room for capability ${id} of ${size} bytes`,
        { rule: "pci-capability" },
      );
    }
    this.#capabilitiesEnd = end;
    this.config.fill(0, at, end);
    this.writable.fill(0, at, end);
    this.config[at] = id;
    this.config[at + 1] = this.config[PciConfig.CAPABILITIES] ?? 0;
    this.config[PciConfig.CAPABILITIES] = at;
    const status = readLe(this.config, PciConfig.STATUS, 2);
    writeLe(this.config, PciConfig.STATUS, status | PciStatus.CAPABILITIES, 2);
    return at;
  }

  /**
   * Let the function send message signalled interrupts. Call it in the device's constructor.
   * @param vectors how many it has: 1 (default), 2, 4, 8, 16 or 32
   * @throws PciError when configuration space has no room for the capability
   */
  enableMsi(vectors = 1): void {
    const at = this.addCapability(MSI_CAPABILITY, MSI_BYTES);
    this.#msi = new MsiCapability(this.config, this.writable, at, vectors);
  }

  /**
   * Let the function send messages by MSI-X. Call it in the device's constructor.
   * @param vectors how many it has, 1 to 2048
   * @param bar     the base address register of the window with their table
   * @throws PciError when configuration space has no room for the capability, or the BAR is taken
   */
  enableMsix(vectors: number, bar: number): void {
    const place = {
      name: `${this.name}-msix`,
      owner: this.object,
      at: this.addCapability(MSIX_CAPABILITY, MSIX_BYTES),
      vectors,
      bar,
    };
    const { machine } = this.context;
    this.#msix = new MsixCapability(
      machine,
      this.config,
      this.writable,
      place,
      (address, bytes) => {
        if (!storeMessage(this.dma, address, bytes)) this.#lostMessage();
      },
    );
    this.registerBar(bar, this.#msix.window, "mem");
  }

  /** True if the guest wants messages in place of the interrupt pin. */
  get msiEnabled(): boolean {
    return this.msixEnabled || (this.#msi?.enabled ?? false);
  }

  /** True if the guest has switched MSI-X on. */
  get msixEnabled(): boolean {
    return this.#msix?.enabled ?? false;
  }

  /** Number of messages that {@link enableMsix} gave the function; 0 without it. */
  get msixVectors(): number {
    return this.#msix?.vectors ?? 0;
  }

  /**
   * Send message `vector` (from 0) by MSI-X: later, if the guest has masked it. Nothing for one that there is
   * not, and while MSI-X is off.
   */
  sendMsix(vector: number): void {
    this.#msix?.notify(vector);
  }

  /**
   * Raise an interrupt that is told once: a message where the guest wants messages. The store goes
   * to the address that the guest chose, through {@link dma}.
   * @param vector which one, from 0
   * @returns whether a message was sent; where not, {@link setInterrupt} is the way
   */
  sendMsi(vector = 0): boolean {
    if (this.#msi === null || !this.#msi.enabled) return false;
    if (this.#msi.send(this.dma, vector) !== MemTxResult.OK) this.#lostMessage();
    return true;
  }

  /** Read 1, 2 or 4 bytes of configuration space (`offset + size` within 256). */
  configRead(offset: number, size: number): number {
    return readLe(this.config, offset, size);
  }

  /** Write 1, 2 or 4 bytes of configuration space; bits that are not writable keep their value. */
  configWrite(offset: number, value: number, size: number): void {
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      const byte = (value >>> (8 * i)) & 0xff;
      const old = this.config[at] ?? 0;
      const mask = this.writable[at] ?? 0;
      const clear = byte & (this.writeOneToClear[at] ?? 0);
      this.config[at] = ((old & ~mask) | (byte & mask)) & ~clear;
    }
    if (offset >= FIRST_CAPABILITY) {
      if (this.#msi !== null || this.#msix !== null) this.#updateInterrupt();
      this.#msix?.updated();
    } else {
      this.context.machine.transaction(() => {
        this.#updateWindows();
        if (offset <= PciConfig.COMMAND && offset + size > PciConfig.COMMAND) {
          this.#updateBusMaster();
        }
      });
      this.#updateInterrupt();
    }
  }

  /** Drive the function's interrupt pin. Level-triggered: it stays until driven low. */
  setInterrupt(level: boolean): void {
    this.#pinLevel = level;
    this.#updateInterrupt();
  }

  /**
   * Back to the power-on state: windows unmapped, pin low. As in QEMU, what the function may reach
   * as a bus master stays as it is until the guest next writes the command register.
   */
  reset(): void {
    this.#pinLevel = false;
    this.#msi?.reset();
    this.#msix?.reset();
    writeLe(this.config, PciConfig.COMMAND, 0, 2);
    this.config[PciConfig.CACHE_LINE_SIZE] = 0;
    this.config[PciConfig.INTERRUPT_LINE] = 0;
    for (const bar of this.#bars) bar.reset(this.config);
    this.context.machine.transaction(() => this.#updateWindows());
    this.#updateInterrupt();
  }

  /**
   * For `PciBus.add`: the function now sits at `devfn` of `bus`.
   * @throws PciError if it sits on a bus already
   */
  attach(bus: PciBusPort, devfn: number): void {
    if (this.#bus !== null) {
      throw new PciError(`PCI device "${this.name}" is on a bus already`, { rule: "pci-on-bus" });
    }
    this.#bus = bus;
    this.#devfn = devfn;
    this.#busMaster = new BusMaster(this.context.machine, this.object, bus.dmaRoot, this.name);
  }

  /** For `PciBus.remove`: off the bus, for good. */
  detach(): void {
    this.setInterrupt(false);
    this.context.machine.transaction(() => {
      for (const bar of this.#bars) {
        bar.unmap();
      }
    });
    this.#busMaster?.destroy();
    this.#bus = null;
    this.#busMaster = null;
    this.object.unparent();
  }

  #updateWindows(): void {
    const bus = this.#bus;
    if (bus !== null) {
      for (const bar of this.#bars) {
        bar.update(this.config, bar.type === "io" ? bus.io : bus.memory);
      }
    }
  }

  #updateBusMaster(): void {
    if (this.#busMaster !== null) {
      const command = readLe(this.config, PciConfig.COMMAND, 2);
      this.#busMaster.enabled = (command & PciCommand.MASTER) !== 0;
    }
  }

  #lostMessage(): void {
    this.context.log("guest_error", `${this.name}: the message of an interrupt reaches nothing`);
  }

  #updateInterrupt(): void {
    const status = this.config[PciConfig.STATUS] ?? 0;
    this.config[PciConfig.STATUS] = this.#pinLevel
      ? status | PciStatus.INTERRUPT
      : status & ~PciStatus.INTERRUPT;
    const command = readLe(this.config, PciConfig.COMMAND, 2);
    const asserted =
      this.#pinLevel && (command & PciCommand.INTX_DISABLE) === 0 && !this.msiEnabled;
    const pin = this.config[PciConfig.INTERRUPT_PIN] ?? 0;
    if (asserted !== this.#assertedLevel && pin !== 0 && this.#bus !== null) {
      this.#assertedLevel = asserted;
      this.#bus.interrupt(this.#devfn, pin, asserted);
    }
  }
}
