/** The board: 440FX and PIIX3 with everything soldered to them, wired and mapped. */
import type { LogCategory as MemoryLogCategory, MemoryRegion } from "@mem/core";
import { Machine } from "@mem/flat";
import { CpuModel } from "@mem/x86";

import { InputHandlers } from "../input/input-handlers.js";
import type { DeviceContext, GuestEvent, WakeReason } from "../device/context.js";
import { createDeviceObject } from "../device/device-object.js";
import type { UnpluggedDevice } from "../device/plugged.js";
import { registerDeviceTypes } from "../device/device-types.js";
import { builtinDevices } from "../devices/builtin.js";
import { CirrusVga } from "../devices/cirrus-vga/index.js";
import { fwCfgIo, type FwCfg } from "../devices/fw-cfg/index.js";
import { i440fx, type I440fxHostBridge } from "../devices/i440fx/index.js";
import { ideCd, ideHd, IdeDrive } from "../devices/ide-drive/index.js";
import { FloppyType } from "../devices/isa-fdc/index.js";
import { isaSerial } from "../devices/isa-serial/index.js";
import { kvmvapic } from "../devices/kvmvapic/index.js";
import { piix3Ide, type Piix3Ide } from "../devices/piix3-ide/index.js";
import { piix3, type Piix3 } from "../devices/piix3/index.js";
import { piix4Pm, type Piix4Pm } from "../devices/piix4-pm/index.js";
import { smbusEeprom } from "../devices/smbus-eeprom/index.js";
import { Vga } from "../devices/vga/index.js";
import type { MachineClock } from "../host/clock.js";
import { driveOf } from "../storage/drive-backend.js";
import { PCI_CONFIG_PORT, PciConfigPorts } from "../pci/config-ports.js";
import { PciBus } from "../pci/pci-bus.js";
import { processorObject } from "../processors/processor-object.js";
import { Processors } from "../processors/processors.js";
import { cpuSignature } from "./processor/cpu-signature.js";
import { describeBoard } from "./acpi-machine.js";
import { AddressMap } from "./memory/address-map.js";
import { BoardDevices } from "./board-devices.js";
import { bootGeometry } from "./firmware/boot-geometry.js";
import { bootOrder } from "./firmware/boot-order.js";
import { bootCells, cmosCells } from "./firmware/cmos.js";
import type { CreateCpu, PcCpu } from "./processor/cpu.js";
import { guestRegisters } from "./processor/guest-registers.js";
import { dmaLine } from "./lines/dma-lines.js";
import { biosGeometry, type PcDisk } from "./disks.js";
import { mapFirmware } from "./firmware/firmware.js";
import { mapFlash } from "./firmware/flash.js";
import { type BootDevices, fillFwCfg, refreshBootFiles } from "./firmware/firmware-config.js";
import { describeMachine, machineObjects, PC_MACHINE_TYPE } from "./machine-object.js";
import { InterruptLines } from "./lines/interrupt-lines.js";
import { IsaDevices } from "./isa-devices.js";
import type { PcNuma } from "./memory/numa.js";
import type { PcOptions } from "./options/options.js";
import { defaultsOf, PLACE, type BoardPlan } from "./plan.js";
import { Plugging } from "./plugging.js";
import { Translation } from "./processor/translation.js";

/** Requests of the guest to whoever runs the board. */
export interface BoardRequests {
  /** Reset the machine. */
  reset(): void;
  /** Switch the machine off. */
  powerOff(): void;
  /** Put it to sleep with its memory kept. */
  suspend(): void;
  /** Wake it, if it sleeps and this may wake it. */
  wakeUp(reason: WakeReason): void;
  /** End it with a status. */
  exit(status: number): void;
  /** Decide what becomes of a crash, or of a watchdog's end. */
  report(event: GuestEvent): void;
  /** A device was taken out. */
  unplugged(device: UnpluggedDevice): void;
  /** An interrupt reached the processor: it may have something to do. */
  interrupt(): void;
  /** True while guest code runs. */
  executing(): boolean;
}

export const DEFAULT_BOOT_ORDER = "cad";
/** Bytes of RAM that the option ROM behind kvmvapic needs: with less there is none. */
const VAPIC_RAM = 2 ** 20;
/** EEPROMs of memory modules: how many, and the address of the first. */
const EEPROMS = 8;
const EEPROM_ADDRESS = 0x50;

/** The translation that the options ask for, why it cannot be had, or `null`: none is asked for. */
function wantedTranslation({
  accel,
  cpu,
  cpus,
  createCpu,
  jit = {},
  ramSize,
}: PcOptions): Translation | string | null {
  return accel === "jit" && createCpu === undefined
    ? Translation.make(ramSize, cpu, cpus ?? 1, jit)
    : null;
}

/** A PC board with its processor. */
export class PcBoard {
  /** The memory system that everything is made in. */
  readonly machine: Machine;
  /** Context in which devices are built: for those that are added to the board later. */
  readonly context: DeviceContext;
  /** The containers and address spaces of memory and ports. */
  readonly map: AddressMap;
  /** The processors and their local APICs, to which interrupts are delivered. */
  readonly processors: Processors;
  /** The processor, or all of them as one. */
  readonly cpu: PcCpu;
  /** The PCI bus. */
  readonly pci: PciBus;
  /** The 440FX: memory controller, and bridge to PCI. */
  readonly hostBridge: I440fxHostBridge;
  /** The PIIX3: bridge to ISA. */
  readonly isaBridge: Piix3;
  /** The IDE controller. */
  readonly ide: Piix3Ide;
  /** The PIIX4: power management. */
  readonly powerManagement: Piix4Pm;
  /** The devices on the ISA bus that every board has. */
  readonly isa: IsaDevices;
  /** Keyboards and mice. */
  readonly input = new InputHandlers();
  /** Every device. */
  readonly devices: BoardDevices;
  /** Devices that come and go. */
  readonly plugging: Plugging;
  /** The files for the firmware. */
  readonly fwCfg: FwCfg;
  /** The firmware's image below 4 GiB, `null` where it is in flash chips. */
  readonly firmware: MemoryRegion | null;
  /** Translator of guest code, `null` where it is interpreted. */
  readonly translation: Translation | null;
  /** Reason why guest code is interpreted though it should be translated, else `null`. */
  readonly whyInterpreted: string | null;
  /** Nodes of memory, `null`: there is but one, and nobody is told. */
  readonly numa: PcNuma | null;
  readonly #floppyCheck: boolean;
  readonly #bootDevices: BootDevices;

  /** Builds a board in one transaction: nobody sees a map of which parts are missing. */
  static build(
    options: PcOptions,
    plan: BoardPlan,
    clock: MachineClock,
    createCpu: CreateCpu,
    requests: BoardRequests,
  ): PcBoard {
    const machine = new Machine({
      objects: machineObjects(PC_MACHINE_TYPE),
      log: (category: MemoryLogCategory, message: string) => options.log?.(category, message),
    });
    return machine.transaction(
      () => new PcBoard(machine, options, plan, clock, createCpu, requests),
    );
  }

  private constructor(
    machine: Machine,
    options: PcOptions,
    plan: BoardPlan,
    clock: MachineClock,
    createCpu: CreateCpu,
    requests: BoardRequests,
  ) {
    const log = options.log ?? ((): void => undefined);
    this.machine = machine;
    registerDeviceTypes(machine.objects.types, (options.registry ?? builtinDevices).all);
    // They are there before anything is in them: programs look for it.
    for (const name of ["peripheral", "peripheral-anon"]) {
      machine.objects.container(`/machine/${name}`);
    }
    options.prepare?.(machine);
    this.numa = options.numa ?? null;
    this.#floppyCheck = options.floppyCheck ?? true;
    const translation = wantedTranslation(options);
    this.translation = translation instanceof Translation ? translation : null;
    this.whyInterpreted = typeof translation === "string" ? translation : null;
    const map = new AddressMap(machine, options.ramSize, this.translation?.ram ?? null);
    this.map = map;
    this.pci = new PciBus({ memory: map.pci, io: map.io, dmaRoot: map.system });
    const lines = new InterruptLines();
    const context: DeviceContext = {
      machine,
      clock,
      log,
      board: {
        irq: (n) => lines.irq(n),
        memory: map.memory,
        dma: (n) => dmaLine(devices.all, n),
        input: this.input,
        registers: () => {
          const running = this.processors.executing(requests.executing());
          return running === null ? null : guestRegisters(running);
        },
        requestReset: () => requests.reset(),
        powerOff: () => requests.powerOff(),
        suspend: () => requests.suspend(),
        wakeUp: (reason) => requests.wakeUp(reason),
        exit: (status) => requests.exit(status),
        report: (event) => requests.report(event),
      },
    };
    this.context = context;
    const devices = new BoardDevices(
      context,
      {
        io: map.io,
        system: map.system,
        bus: map.pci,
        ioSpace: map.ioSpace,
        cpuMemory: map.cpuMemory(),
      },
      this.pci,
    );
    this.devices = devices;
    // In QEMU's order, which numbers in the tree of objects follow.
    const model = options.cpu ?? CpuModel.parse("max");
    const firstProcessor = processorObject(machine, model);
    if (options.ramSize >= VAPIC_RAM) devices.add(kvmvapic, {});
    const more = Array.from({ length: (options.cpus ?? 1) - 1 }, () =>
      processorObject(machine, model),
    );
    const objects = [firstProcessor, ...more] as const;
    const host = createDeviceObject(machine, "i440FX-pcihost", "i440fx");
    const configPorts = new PciConfigPorts(machine, host, this.pci);
    map.io.addSubregion(PCI_CONFIG_PORT.INDEX, configPorts.indexRegion);
    map.io.addSubregion(PCI_CONFIG_PORT.DATA, configPorts.dataRegion);
    this.hostBridge = devices.add(i440fx, { regions: map, host }, { devfn: PLACE.HOST_BRIDGE });
    const { flash = [] } = options;
    if (flash.length > 0) mapFlash(machine, devices, map.pci, flash);
    this.firmware = flash.length > 0 ? null : mapFirmware(machine, map.pci, options.bios);

    this.processors = new Processors({
      machine,
      map,
      clock,
      model: options.cpu,
      create: this.translation?.createCpu ?? createCpu,
      smram: this.hostBridge.smram.region,
      objects,
      wiring: {
        acknowledgeInterrupt: () => this.isa.interrupts.acknowledge(),
        coprocessorError: () => this.isa.coprocessorError.raise(),
        coprocessorErrorEnded: () => this.isa.coprocessorError.end(),
        readTsc: () => BigInt(Math.floor(clock.nowNs())),
        onGuestError: (message) => log("guest_error", message),
      },
      interrupted: () => requests.interrupt(),
    });
    const { cpu } = this.processors;
    this.cpu = cpu;

    this.isaBridge = devices.add(piix3, {}, { devfn: PLACE.ISA_BRIDGE });
    this.isaBridge.connect(this.pci);
    this.isa = new IsaDevices(devices, plan, {
      setIntr: (level) => {
        this.processors.setExternalInterrupt(level);
        if (level) {
          requests.interrupt();
        }
      },
      setA20: (enabled) => cpu.setA20(enabled),
      lines,
      apics: this.processors.apics,
      hpet: options.hpet ?? true,
      vmport: options.vmport ?? true,
      ramSize: options.ramSize,
      uuid: options.uuid ?? new Uint8Array(16),
      startTimeMs: options.startTimeMs ?? null,
      floppies: options.floppies ?? [],
    });
    const { keyboard, mouse } = this.isa.i8042;
    this.input.add({
      kind: "keyboard",
      name: "QEMU PS/2 Keyboard",
      key: (code, down) => keyboard.key(code, down),
    });
    this.input.add({
      kind: "pointer",
      name: "QEMU PS/2 Mouse",
      absolute: false,
      move: ({ x, y, wheel, buttons }) => mouse.move(x, y, wheel, buttons),
    });
    this.ide = devices.add(piix3Ide, {}, { devfn: PLACE.IDE });
    for (const [unit, disk] of (options.disks ?? []).entries()) {
      if (disk !== null) this.#attachDisk(disk, unit);
    }
    this.powerManagement = devices.add(
      piix4Pm,
      {
        smi: cpu.raiseSmi === undefined ? null : () => cpu.raiseSmi?.(),
        slots: {
          removable: () => this.plugging.removable(),
          eject: (slot) => this.plugging.eject(slot),
        },
        processors: objects.length,
        serialPorts: [...plan.serial, ...plan.plugged].filter(
          ({ definition }) => definition.name === isaSerial.name,
        ).length,
      },
      { devfn: PLACE.POWER_MANAGEMENT },
    );
    this.powerManagement.mapPorts(map.io);
    for (let address = EEPROM_ADDRESS; address < EEPROM_ADDRESS + EEPROMS; address++) {
      this.powerManagement.smbus.attach(address, devices.add(smbusEeprom, { address }));
    }
    this.fwCfg = devices.add(fwCfgIo, {});
    this.plugging = new Plugging({
      machine,
      devices,
      ide: this.ide,
      fdc: this.isa.fdc,
      pciHotplug: this.powerManagement.pciHotplug,
      unplugged: (device) => requests.unplugged(device),
    });
    for (const settled of plan.plugged) {
      this.plugging.add(settled);
    }
    this.#bootDevices = {
      kernel: plan.kernel,
      bootGeometry: () => bootGeometry(this.devices.all),
      bootOrder: (roms) => bootOrder(this.devices.all, roms, options.bootStrict ?? false),
    };
    fillFwCfg(this.fwCfg, {
      ...this.#bootDevices,
      layout: map.layout,
      cpus: objects.length,
      graphics: options.graphics ?? true,
      bootMenu: options.bootMenu ?? false,
      rebootTimeoutMs: options.rebootTimeoutMs ?? -1,
      splashTimeMs: options.splashTimeMs ?? null,
      uuid: options.uuid ?? new Uint8Array(16),
      smbios: { signature: cpuSignature(options.cpu), settings: options.smbios ?? {} },
      acpi: describeBoard(this.devices.all, this.processors.apics.all, map.layout, this.numa),
      acpiOem: options.acpiOem ?? {},
      numa: this.numa,
      deviceFiles: this.devices.all.flatMap(({ device }) => device.firmwareFiles ?? []),
      files: options.fwCfgFiles ?? {},
    });
    const cells = cmosCells({
      memory: map.layout,
      cpus: objects.length,
      bootOrder: options.bootOnce ?? options.bootOrder ?? DEFAULT_BOOT_ORDER,
      floppyCheck: this.#floppyCheck,
      disks: this.#ideDrives().map(biosGeometry),
      floppies: this.isa.fdc.drives.map((drive) => drive?.type ?? FloppyType.NONE),
    });
    for (const [index, value] of cells) {
      this.isa.rtc.setCmos(index, value);
    }
    describeMachine(machine, {
      plan,
      ramSize: options.ramSize,
      cpus: objects.length,
      bootOrder: options.bootOrder ?? DEFAULT_BOOT_ORDER,
      graphics: options.graphics ?? true,
      hpet: options.hpet ?? true,
      vmport: options.vmport ?? true,
      acpiOem: options.acpiOem ?? {},
      rtcTime: () => this.isa.rtc.date,
      links: { rtc_state: this.isa.rtc.object, "acpi-device": this.powerManagement.object },
    });
  }

  /** Tell firmware in which order to look for something to boot: letters of "acdn", three at most. */
  setBootOrder(letters: string): void {
    for (const [index, value] of bootCells(letters, this.#floppyCheck)) {
      this.isa.rtc.setCmos(index, value);
    }
  }

  /** The state after a press of the reset button: registers, not memory. */
  reset(): void {
    this.powerManagement.pciHotplug.ejectAsked();
    this.machine.transaction(() => {
      this.devices.reset();
    });
    refreshBootFiles(this.fwCfg, this.#bootDevices);
    this.processors.reset();
  }

  /** Firmware is told that it is to go on, after the next reset, where the guest says. */
  suspend(): void {
    this.isa.rtc.resumes = true;
  }

  /** The machine sleeps no more: all but memory is reset, and the guest learns what woke it. */
  wakeUp(reason: WakeReason): void {
    this.reset();
    this.powerManagement.acpi.wokeUp(reason);
  }

  /** The display adapter, `null` on a board without one. */
  get vga(): Vga | CirrusVga | null {
    for (const { device } of this.devices.all) {
      if (device instanceof Vga || device instanceof CirrusVga) return device;
    }
    return null;
  }

  /** Take the board apart: its address spaces let go of everything. */
  dispose(): void {
    this.translation?.dispose();
    this.devices.dispose();
    for (const device of this.pci.devices()) {
      device.dma.destroy();
    }
    this.map.destroy();
  }

  /** Put a disk of the options at its place, 0 to 3. */
  #attachDisk(
    { backend, kind, model = "", serial = "", version = "" }: PcDisk,
    unit: number,
  ): void {
    const drive = driveOf(backend);
    const common = { model, serial, ver: version, unit, drive };
    const device =
      kind === "cdrom"
        ? this.devices.add(ideCd, { ...defaultsOf(ideCd), ...common }, { unit })
        : this.devices.add(ideHd, { ...defaultsOf(ideHd), ...common }, { unit });
    this.ide.attachDrive(unit, device.options);
  }

  /** The drives of the IDE controller by their places. */
  #ideDrives(): (IdeDrive | null)[] {
    const drives: (IdeDrive | null)[] = [null, null, null, null];
    for (const { device, unit } of this.devices.all) {
      if (device instanceof IdeDrive && unit !== null) drives[unit] = device;
    }
    return drives;
  }
}
