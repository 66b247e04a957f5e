/**
 * A virtio device on the PCI bus (section 4.1): registers for drivers of version 1 in a window of memory, those of
 * the legacy interface in ports, interrupts by message or pin.
 */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../../device/context.js";
import type { ChildBus } from "../../../device/device.js";
import { createPart } from "../../../device/device-object.js";
import { PciCommand, PciConfig } from "../../../pci/config-space.js";
import { PciDevice } from "../../../pci/pci-device.js";
import { GuestMemory } from "../queue/guest-memory.js";
import { NO_VECTOR } from "../queue/virtqueue.js";
import { VirtioDevice } from "../virtio-device.js";
import type { CreateModel, VirtioModel } from "../virtio-model.js";
import {
  accessData,
  accessOf,
  addVirtioCapabilities,
  MODERN_BAR,
  NOTIFY_BYTES,
  reachesData,
  Room,
  ROOM_BYTES,
  setAccessData,
} from "./capabilities.js";
import { CommonRegisters } from "./common-registers.js";
import { legacyBytes, LegacyRegisters } from "./legacy-registers.js";
import { commonFeatures, type VirtioValues } from "./virtio-properties.js";

const VENDOR = 0x1af4;
const FIRST_MODERN_ID = 0x1040;
const MODERN_SUBSYSTEM = 0x1100;
const LEGACY_BAR = 0;
const MSIX_BAR = 1;

/** Identity of a kind of device. */
export interface VirtioKind {
  /** QEMU's name of the kind, as in `virtio-blk`: that of its regions. */
  readonly name: string;
  /** Name of the device without `-pci`, where it is another one: `virtio-mouse`. */
  readonly device?: string;
  /** The number of the kind (section 5). */
  readonly id: number;
  /** The device's ID on PCI with the legacy interface, `null` for kinds that never had one. */
  readonly legacyId: number | null;
  /** The 24-bit class code. */
  readonly classCode: number;
  /** Messages unless told otherwise. */
  readonly vectors: number;
}

/** An access of registers: up to four bytes at once. */
const REGISTERS = { impl: { minAccessSize: 1, maxAccessSize: 4 } } as const;

/** A virtio device on PCI. */
export class VirtioPci<M extends VirtioModel = VirtioModel> extends PciDevice {
  readonly childBus?: ChildBus;
  readonly #device: VirtioDevice<M>;
  readonly #common: CommonRegisters;
  /** The place of the capability that reaches registers through configuration space, `null` without it. */
  readonly #access: number | null = null;

  constructor(
    context: DeviceContext,
    kind: VirtioKind,
    values: VirtioValues,
    create: CreateModel<M>,
  ) {
    const { legacyId } = kind;
    const isLegacy = legacyId !== null && values["disable-legacy"] !== "on";
    const device = kind.device ?? kind.name;
    super(context, {
      name: `${device}-pci`,
      vendorId: VENDOR,
      deviceId: isLegacy ? legacyId : FIRST_MODERN_ID + kind.id,
      classCode: kind.classCode,
      revision: isLegacy ? 0 : 1,
      subsystemVendorId: VENDOR,
      subsystemId: isLegacy ? kind.id : MODERN_SUBSYSTEM,
      interruptPin: 1,
    });
    const { machine } = context;
    const backend = createPart(machine, `${device}-device`, this.object, "virtio-backend");
    const wires = {
      memory: new GuestMemory(() => this.dma),
      path: backend.canonicalPath() ?? "",
      interrupt: (vector: number) => this.#interrupt(vector),
      complain: (problem: string) => context.log("guest_error", `${this.name}: ${problem}`),
    };
    this.#device = new VirtioDevice(wires, commonFeatures(values), create);
    this.#common = new CommonRegisters(this.#device, (vector) => this.#vectorOf(vector));
    const { childBus } = this.model;
    if (childBus !== undefined) this.childBus = childBus;
    if (!values["disable-modern"]) {
      this.#access = addVirtioCapabilities(this);
      this.registerBar(MODERN_BAR, this.#modernWindow(kind.name), "prefetch64");
    }
    const vectors = values.vectors ?? kind.vectors;
    if (vectors > 0) this.enableMsix(vectors, MSIX_BAR);
    if (isLegacy) this.#addLegacyPorts(vectors > 0);
  }

  /** The kind of device, with its state. */
  get model(): M {
    return this.#device.model;
  }

  /** Reads that reach the data of the access capability read a register. */
  override configRead(offset: number, size: number): number {
    const at = this.#access;
    if (at !== null && reachesData(at, offset, size)) {
      const access = accessOf(this.config, at);
      if (access !== null) {
        const value = this.#readModern(access.offset, access.size);
        setAccessData(this.config, at, value, access.size);
      }
    }
    return super.configRead(offset, size);
  }

  override configWrite(offset: number, value: number, size: number): void {
    super.configWrite(offset, value, size);
    const at = this.#access;
    if (at === null || !reachesData(at, offset, size)) return;
    const access = accessOf(this.config, at);
    if (access === null) return;
    this.#writeModern(access.offset, accessData(this.config, at, access.size), access.size);
  }

  override reset(): void {
    super.reset();
    this.#resetDevice();
  }

  /** Let go of what is not the machine's. */
  dispose(): void {
    this.model.dispose?.();
  }

  #resetDevice(): void {
    this.#device.reset();
    this.#common.reset();
  }

  #addLegacyPorts(hasMessages: boolean): void {
    const device = this.#device;
    const registers = new LegacyRegisters(device, {
      messages: () => this.msixEnabled,
      vectorOf: (vector) => this.#vectorOf(vector),
      takeCauses: () => this.#takeCauses(),
      reset: () => this.#resetDevice(),
      startMastering: () => {
        const command = this.configRead(PciConfig.COMMAND, 2);
        super.configWrite(PciConfig.COMMAND, command | PciCommand.MASTER, 2);
      },
    });
    const ports = this.context.machine.mmio({
      name: "virtio-pci",
      size: legacyBytes(device.model.configBytes, hasMessages),
      owner: this.object,
      endianness: "little",
      ...REGISTERS,
      read: (offset, size) => registers.read(offset, size),
      write: (offset, value, size) => registers.write(offset, value, size),
    });
    this.registerBar(LEGACY_BAR, ports, "io");
  }

  /** The window: four rooms in a row. */
  #modernWindow(name: string): MemoryRegion {
    const { machine } = this.context;
    const rooms = ["common", "isr", "device", "notify"];
    const size = rooms.length * ROOM_BYTES;
    const window = machine.container({ name: "virtio-pci", size, owner: this.object });
    for (const [index, room] of rooms.entries()) {
      const base = index * ROOM_BYTES;
      const region = machine.mmio({
        name: `virtio-pci-${room}-${name}`,
        size: ROOM_BYTES,
        owner: this.object,
        endianness: "little",
        ...REGISTERS,
        read: (offset, bytes) => this.#readModern(base + offset, bytes),
        write: (offset, value, bytes) => this.#writeModern(base + offset, value, bytes),
      });
      window.addSubregion(base, region);
    }
    return window;
  }

  #readModern(offset: number, size: number): number {
    const within = offset % ROOM_BYTES;
    switch (Math.floor(offset / ROOM_BYTES)) {
      case Room.COMMON:
        return this.#common.read(within);
      case Room.ISR:
        return this.#takeCauses();
      case Room.DEVICE:
        return this.#device.readConfig(within, size);
      default:
        return 0;
    }
  }

  #writeModern(offset: number, value: number, size: number): void {
    const within = offset % ROOM_BYTES;
    switch (Math.floor(offset / ROOM_BYTES)) {
      case Room.COMMON:
        this.#common.write(within, value);
        break;
      case Room.DEVICE:
        this.#device.writeConfig(within, value, size);
        break;
      case Room.NOTIFY:
        this.#device.kick(Math.floor(within / NOTIFY_BYTES));
        break;
    }
  }

  /** The causes of interrupts; looking at them clears them. */
  #takeCauses(): number {
    const causes = this.#device.isr;
    this.#device.isr = 0;
    this.setInterrupt(false);
    return causes;
  }

  #vectorOf(vector: number): number {
    return vector < this.msixVectors ? vector : NO_VECTOR;
  }

  #interrupt(vector: number): void {
    if (this.msixEnabled) {
      if (vector !== NO_VECTOR) this.sendMsix(vector);
    } else {
      this.setInterrupt(this.#device.isr !== 0);
    }
  }
}
