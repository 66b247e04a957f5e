/** The PIIX4 power management function: PCI function 01.3. */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext, IrqLine } from "../../device/context.js";
import { PciStatus, readLe } from "../../pci/config-space.js";
import { PciDevice } from "../../pci/pci-device.js";
import { AcpiPm } from "./acpi-pm.js";
import { APM_PORT, ApmPorts } from "./apm.js";
import { CPU_HOTPLUG_PORT, cpuHotplugRegion } from "./cpu-hotplug.js";
import { GeneralPurposeEvents, GPE_PORT, GpeEvent } from "./general-purpose-events.js";
import { PCI_HOTPLUG_PORT, PciHotplug, type HotplugSlots } from "./pci-hotplug.js";
import { SmbusHost } from "./smbus.js";

/** Sleep types of PM1 control as this chip defines them. */
const SLEEP_TYPE = { SOFT_OFF: 0, SUSPEND_TO_RAM: 1, SUSPEND_TO_DISK: 2 } as const;

const PM_BASE = 0x40;
const PM_ENABLE_REGISTER = 0x80;
const SMBUS_BASE = 0x90;
const SMBUS_ENABLE_REGISTER = 0xd2;
const BASE_MASK = 0xffc0;
const DEVACTB = 0x58;
/** Third byte of DEVACTB: whether a command on the APM port raises an SMI. */
const APM_SMI_ENABLE = { REGISTER: 0x5b, BIT: 0x02 } as const;
const PM_SIZE = 64;
const PM_BLOCKS = { EVENT: 0x00, CONTROL: 0x04, TIMER: 0x08 } as const;
/** Bytes on the APM command port that this function itself obeys. */
const APM_COMMAND = { ACPI_DISABLE: 0xf0, ACPI_ENABLE: 0xf1 } as const;

/** Power-on values of the registers above the header that are not 0. */
const DEFAULTS: readonly (readonly [offset: number, value: number])[] = [
  [PM_BASE, 0x01],
  [0x5f, 0x10],
  [0x63, 0x60],
  [SMBUS_BASE, 0x01],
  [SMBUS_BASE + 1, 0xb1],
  [SMBUS_ENABLE_REGISTER, 0x09],
];

/** Registers that place a block: the first and the last byte of each. */
const PLACING: readonly (readonly [first: number, last: number])[] = [
  [PM_BASE, PM_BASE + 3],
  [PM_ENABLE_REGISTER, PM_ENABLE_REGISTER],
  [SMBUS_BASE, SMBUS_BASE + 3],
  [SMBUS_ENABLE_REGISTER, SMBUS_ENABLE_REGISTER],
];

/** Connections of the power management function. */
export interface Piix4PmWiring {
  /** The system control interrupt (IRQ 9). */
  readonly sci: IrqLine;
  /** Raise an SMI at the CPU; `null` when the CPU has no system management mode. */
  readonly smi: (() => void) | null;
  /** The guest switched the machine off (S5), or saved itself to disk (S4). */
  powerOff(): void;
  /** The guest put the machine to sleep (S3). */
  suspend(): void;
  /** Slots of the PCI bus, whose devices come and go. */
  readonly slots: HotplugSlots;
  /** Number of serial ports that the board has; firmware and kernels may look it up here. */
  readonly serialPorts: number;
  /** Number of processors, 1 to 8. */
  readonly processors: number;
}

/** The power management function. */
export class Piix4Pm extends PciDevice {
  readonly acpi: AcpiPm;
  /** `piix4-pm`, 64 bytes: the ACPI registers, placed by register 0x40. */
  readonly pmRegion: MemoryRegion;
  readonly #apm: ApmPorts;
  readonly #gpe: GeneralPurposeEvents;
  /** The bus of memory modules and sensors. */
  readonly smbus: SmbusHost;
  /** PCI devices that come and go. */
  readonly pciHotplug: PciHotplug;
  readonly #cpuHotplug: MemoryRegion;
  readonly #wiring: Piix4PmWiring;

  constructor(context: DeviceContext, wiring: Piix4PmWiring) {
    super(context, {
      name: "PIIX4_PM",
      vendorId: 0x8086,
      deviceId: 0x7113,
      classCode: 0x068000,
      revision: 3,
      status: PciStatus.DEVSEL_MEDIUM | PciStatus.FAST_BACK,
      interruptPin: 1,
    });
    this.#wiring = wiring;
    const { machine } = context;
    this.acpi = new AcpiPm(context, this.object, {
      sci: wiring.sci,
      eventPending: () => this.#gpe.pending,
      sleep: (type) => this.#sleep(type),
    });
    this.pmRegion = machine.container({ name: "piix4-pm", size: PM_SIZE, owner: this.object });
    this.pmRegion.enabled = false;
    this.pmRegion.addSubregion(PM_BLOCKS.EVENT, this.acpi.eventRegion);
    this.pmRegion.addSubregion(PM_BLOCKS.CONTROL, this.acpi.controlRegion);
    this.pmRegion.addSubregion(PM_BLOCKS.TIMER, this.acpi.timerRegion);
    this.#apm = new ApmPorts(machine, this.object, (command) => this.#apmCommand(command));
    this.#gpe = new GeneralPurposeEvents(machine, this.object, () => this.acpi.eventsChanged());
    this.smbus = new SmbusHost(machine, this.object);
    this.pciHotplug = new PciHotplug(machine, this.object, wiring.slots, () =>
      this.#gpe.raise(GpeEvent.PCI_HOTPLUG),
    );
    this.#cpuHotplug = cpuHotplugRegion(machine, this.object, wiring.processors);
    for (const [offset, value] of DEFAULTS) {
      this.config[offset] = value;
    }
    this.config[0x67] = (wiring.serialPorts > 0 ? 0x08 : 0) | (wiring.serialPorts > 1 ? 0x90 : 0);
    this.#setResetValues();
  }

  /** Map the function's fixed and movable blocks into the I/O space. */
  mapPorts(io: MemoryRegion): void {
    io.addSubregion(0, this.pmRegion);
    io.addSubregion(APM_PORT, this.#apm.region);
    io.addSubregion(GPE_PORT, this.#gpe.region);
    io.addSubregion(0, this.smbus.region);
    this.#placeRegisters();
    io.addSubregion(PCI_HOTPLUG_PORT, this.pciHotplug.region);
    io.addSubregion(CPU_HOTPLUG_PORT, this.#cpuHotplug);
  }

  override configWrite(offset: number, value: number, size: number): void {
    super.configWrite(offset, value, size);
    const last = offset + size - 1;
    if (PLACING.some(([first, end]) => offset <= end && last >= first)) {
      this.#placeRegisters();
    }
  }

  override reset(): void {
    super.reset();
    this.config[PM_BASE] = 0x01;
    this.#setResetValues();
    this.#gpe.reset();
    this.acpi.reset();
    this.#placeRegisters();
  }

  #setResetValues(): void {
    this.config.fill(0, DEVACTB, DEVACTB + 4);
    this.config[PM_ENABLE_REGISTER] = 0;
    if (this.#wiring.smi === null) {
      // Tells firmware that SMM was set up already, so that it does not wait for an SMI.
      this.config[APM_SMI_ENABLE.REGISTER] = APM_SMI_ENABLE.BIT;
    }
  }

  #placeRegisters(): void {
    this.context.machine.transaction(() => {
      this.#place(this.pmRegion, PM_BASE, PM_ENABLE_REGISTER);
      this.#place(this.smbus.region, SMBUS_BASE, SMBUS_ENABLE_REGISTER);
    });
  }

  #place(block: MemoryRegion, base: number, enable: number): void {
    block.enabled = ((this.config[enable] ?? 0) & 1) !== 0;
    block.addr = readLe(this.config, base, 4) & BASE_MASK;
  }

  #apmCommand(command: number): void {
    if (command === APM_COMMAND.ACPI_ENABLE || command === APM_COMMAND.ACPI_DISABLE) {
      this.acpi.setAcpiMode(command === APM_COMMAND.ACPI_ENABLE);
    }
    if (((this.config[APM_SMI_ENABLE.REGISTER] ?? 0) & APM_SMI_ENABLE.BIT) !== 0) {
      this.#wiring.smi?.();
    }
  }

  #sleep(type: number): void {
    if (type === SLEEP_TYPE.SOFT_OFF || type === SLEEP_TYPE.SUSPEND_TO_DISK) {
      this.#wiring.powerOff();
    } else if (type === SLEEP_TYPE.SUSPEND_TO_RAM) {
      this.#wiring.suspend();
    } else {
      this.context.log("unimp", `ACPI sleep type ${type} is not modelled`);
    }
  }
}
