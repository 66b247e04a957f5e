/** The machine without anything: QEMU's `-machine none`, which programs start to ask what there is. */
import { type AddressSpace, Machine } from "@mem/flat";

import { registerDeviceTypes } from "../device/device-types.js";
import type { PluggedDevice } from "../device/plugged.js";
import type { DeviceRegistry } from "../device/registry.js";
import type { DeviceRequest } from "../device/properties/request.js";
import { builtinDevices } from "../devices/builtin.js";
import type { MachineClock } from "../host/clock.js";
import type { ControlledMachine } from "./controlled-machine.js";
import { PcOptionsError } from "./errors.js";
import { machineObjects } from "./machine-object.js";

const WHOLE = 2n ** 64n;
const IO_PORTS = 0x10000;

/** Parts of a machine without a board. */
export interface NoneMachineOptions {
  readonly clock: MachineClock;
  /** Bytes of RAM at address 0; default none. */
  readonly ramSize?: number;
  /** Default: the devices that come with the PC. */
  readonly registry?: DeviceRegistry;
  /** Told after each reset. */
  readonly onReset?: () => void;
}

/** An address space of memory and one of ports, with nothing in them. */
export class NoneMachine implements ControlledMachine {
  readonly machine = new Machine({ objects: machineObjects("none-machine") });
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  readonly ramSize: number;
  readonly board = null;
  readonly cpu = null;
  readonly clock: MachineClock;
  readonly registry: DeviceRegistry;
  readonly devices: readonly PluggedDevice[] = [];
  readonly end = null;
  readonly #onReset: () => void;
  #halt: (() => void) | null = null;

  constructor(options: NoneMachineOptions) {
    const { machine } = this;
    this.clock = options.clock;
    this.registry = options.registry ?? builtinDevices;
    registerDeviceTypes(machine.objects.types, this.registry.all);
    this.#onReset = options.onReset ?? ((): void => undefined);
    const system = machine.container({ name: "system", size: WHOLE });
    const io = machine.container({ name: "io", size: IO_PORTS });
    this.ramSize = options.ramSize ?? 0;
    if (this.ramSize > 0) {
      system.addSubregion(0, machine.ram({ name: "ram", size: this.ramSize }));
    }
    this.memory = machine.addressSpace(system, "memory");
    this.io = machine.addressSpace(io, "I/O");
    for (const name of ["peripheral", "peripheral-anon", "unattached"]) {
      machine.objects.container(`/machine/${name}`);
    }
  }

  get suspended(): boolean {
    return false;
  }

  get running(): boolean {
    return this.#halt !== null;
  }

  /** Nothing runs, for as long as nobody stops it. */
  async run(): Promise<null> {
    await new Promise<void>((resolve) => (this.#halt = resolve));
    return null;
  }

  stop(): void {
    this.#halt?.();
    this.#halt = null;
  }

  wakeUp(): boolean {
    return false;
  }

  wake(): void {
    // There is nothing that sleeps.
  }

  reset(): void {
    this.#onReset();
  }

  serveRequests(): null {
    return null;
  }

  /** @throws PcOptionsError always: there is no bus */
  plug(request: DeviceRequest): never {
    const { device } = request;
    const definition = typeof device === "string" ? this.registry.get(device) : device;
    const name = typeof device === "string" ? device : device.name;
    const message = `No '${definition?.bus ?? "PCI"}' bus found for device '${name}'`;
    throw new PcOptionsError([{ option: request.option ?? name, message }]);
  }

  /** @throws PcOptionsError always: there are no devices */
  askToUnplug(id: string): never {
    throw new PcOptionsError([{ option: id, message: `Device '${id}' not found` }]);
  }
}
