/** The board: 440FX and PIIX3 with everything soldered to them, wired and mapped. */
import { type LogCategory as MemoryLogCategory } from "@mem/core";
import { Machine } from "@mem/flat";

import { I440fxHostBridge, Piix3, Piix4Pm, RESET_CONTROL } from "../chipset/index.js";
import type { DeviceContext } from "../devices/context.js";
import { createDeviceObject } from "../devices/device-object.js";
import { Piix3Ide } from "../devices/ide/piix3-ide.js";
import { FW_CFG_PORT, FwCfg } from "../fwcfg/index.js";
import type { MachineClock } from "../host/clock.js";
import { PCI_CONFIG_PORT, PciConfigPorts } from "../pci/config-ports.js";
import { PciBus } from "../pci/pci-bus.js";
import { Vga, VGA_WINDOW_BASE, VGA_WINDOW_PRIORITY } from "../vga/index.js";
import { AbsentDevices } from "./absent-devices.js";
import { AddressMap } from "./address-map.js";
import { cmosCells } from "./cmos.js";
import type { CreateCpu, PcCpu } from "./cpu.js";
import { biosGeometry } from "./disks.js";
import { mapFirmware } from "./firmware.js";
import { fillFwCfg } from "./firmware-config.js";
import { IsaDevices } from "./isa-devices.js";
import type { PcOptions } from "./options.js";

/** What the guest can ask of whoever runs the board. */
export interface BoardRequests {
  /** Reset the machine. */
  reset(): void;
  /** Switch the machine off. */
  powerOff(): void;
  /** An interrupt reached the processor: it may have something to do. */
  interrupt(): void;
}

/** Slots and functions of the devices on the PCI bus. */
const PLACE = {
  HOST_BRIDGE: [0, 0],
  ISA_BRIDGE: [1, 0],
  IDE: [1, 1],
  POWER_MANAGEMENT: [1, 3],
  VGA: [2, 0],
} as const;

const SCI_IRQ = 9;
const IDE_IRQ = { PRIMARY: 14, SECONDARY: 15 } as const;
const DEFAULT_BOOT_ORDER = "cad";

/** A PC board with its processor. */
export class PcBoard {
  readonly machine: Machine;
  /** What devices are built with: for those that are added to the board later. */
  readonly context: DeviceContext;
  readonly map: AddressMap;
  readonly cpu: PcCpu;
  readonly pci: PciBus;
  readonly hostBridge: I440fxHostBridge;
  readonly isaBridge: Piix3;
  readonly ide: Piix3Ide;
  readonly powerManagement: Piix4Pm;
  readonly isa: IsaDevices;
  /** The display adapter, `null` on a board without one. */
  readonly vga: Vga | null;
  readonly fwCfg: FwCfg;

  constructor(
    options: PcOptions,
    clock: MachineClock,
    createCpu: CreateCpu,
    requests: BoardRequests,
  ) {
    const log = options.log ?? ((): void => undefined);
    const machine = new Machine({
      log: (category: MemoryLogCategory, message: string) => log(category, message),
    });
    this.machine = machine;
    const context: DeviceContext = { machine, clock, log };
    this.context = context;
    const absent = new AbsentDevices(machine);
    const map = new AddressMap(machine, options.ramSize);
    const cpuObject = createDeviceObject(machine, "qemu32-i386-cpu");
    absent.skip("kvmvapic");
    this.map = map;

    this.pci = new PciBus({ memory: map.pci, io: map.io, dmaRoot: map.system });
    const host = createDeviceObject(machine, "i440FX-pcihost", "i440fx");
    const configPorts = new PciConfigPorts(machine, host, this.pci);
    map.io.addSubregion(PCI_CONFIG_PORT.INDEX, configPorts.indexRegion);
    map.io.addSubregion(PCI_CONFIG_PORT.DATA, configPorts.dataRegion);
    this.hostBridge = new I440fxHostBridge(context, map, host);
    this.pci.add(this.hostBridge, ...PLACE.HOST_BRIDGE);
    mapFirmware(machine, map.pci, options.bios);

    const cpu = createCpu({
      memory: map.cpuMemory,
      smmMemory: map.smmMemory(this.hostBridge.smram.region, cpuObject),
      io: map.ioSpace,
      acknowledgeInterrupt: () => this.isa.interrupts.acknowledge(),
      readTsc: () => BigInt(Math.floor(clock.nowNs())),
      onGuestError: (message) => log("guest_error", message),
    });
    this.cpu = cpu;

    this.isaBridge = new Piix3(context, {
      interrupt: (irq) => this.isa.interrupts.line(irq),
      requestReset: () => requests.reset(),
    });
    this.isaBridge.connect(this.pci);
    this.pci.add(this.isaBridge, ...PLACE.ISA_BRIDGE);
    map.io.addSubregion(RESET_CONTROL.PORT, this.isaBridge.resetRegion, {
      priority: RESET_CONTROL.PRIORITY,
    });
    this.isa = new IsaDevices(context, map.io, options, absent, {
      setIntr: (level) => {
        cpu.setIntr(level);
        if (level) {
          requests.interrupt();
        }
      },
      setA20: (enabled) => cpu.setA20(enabled),
      requestReset: () => requests.reset(),
    });
    this.ide = new Piix3Ide(context, {
      primaryIrq: this.isa.interrupts.line(IDE_IRQ.PRIMARY),
      secondaryIrq: this.isa.interrupts.line(IDE_IRQ.SECONDARY),
      drives: options.disks ?? [],
    });
    this.pci.add(this.ide, ...PLACE.IDE);
    for (const { port, region } of this.ide.windows) {
      map.io.addSubregion(port, region);
    }
    for (const disk of options.disks ?? []) {
      if (disk !== null) {
        absent.skip(disk.kind === "cdrom" ? "ide-cd" : "ide-hd");
      }
    }
    this.powerManagement = new Piix4Pm(context, {
      sci: this.isa.interrupts.line(SCI_IRQ),
      smi: cpu.raiseSmi === undefined ? null : () => cpu.raiseSmi?.(),
      powerOff: () => requests.powerOff(),
      serialPorts: this.isa.serial.length,
    });
    this.pci.add(this.powerManagement, ...PLACE.POWER_MANAGEMENT);
    this.powerManagement.mapPorts(map.io);
    absent.release();

    this.vga = options.vga === false ? null : this.#plugVga(context, options.vgaBios);

    this.fwCfg = new FwCfg(context, { memory: map.memory });
    map.io.addSubregion(FW_CFG_PORT.SELECTOR, this.fwCfg.region);
    map.io.addSubregion(FW_CFG_PORT.DMA, this.fwCfg.dmaRegion);
    this.isa.plugDebugConsole(context, map.io, options);
    fillFwCfg(this.fwCfg, {
      layout: map.layout,
      bootMenu: options.bootMenu ?? false,
      files: options.fwCfgFiles ?? {},
    });
    const cells = cmosCells({
      memory: map.layout,
      bootOrder: options.bootOrder ?? DEFAULT_BOOT_ORDER,
      disks: (options.disks ?? []).map(biosGeometry),
    });
    for (const [index, value] of cells) {
      this.isa.rtc.setCmos(index, value);
    }
  }

  /** The state after a press of the reset button: registers, not memory. */
  reset(): void {
    this.machine.transaction(() => {
      this.pci.reset();
      this.isa.reset();
      this.fwCfg.reset();
    });
    this.cpu.reset();
  }

  /** Take the board apart: its address spaces let go of everything. */
  dispose(): void {
    for (const device of this.pci.devices()) {
      device.dma.destroy();
    }
    this.map.destroy();
  }

  #plugVga(context: DeviceContext, rom: Uint8Array | undefined): Vga {
    const vga = new Vga(context, rom === undefined ? {} : { rom });
    this.pci.add(vga, ...PLACE.VGA);
    this.map.pci.addSubregion(VGA_WINDOW_BASE, vga.lowMemory, { priority: VGA_WINDOW_PRIORITY });
    for (const { port, region } of vga.windows) {
      this.map.io.addSubregion(port, region);
    }
    return vga;
  }
}
