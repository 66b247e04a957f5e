import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  DeviceObject,
  Machine,
  type MemoryRegion,
  TYPE_DEVICE,
} from "@mem/flat";

/** An empty bus of a machine that keeps the lines of its log. */
export interface LoggedBus {
  readonly machine: Machine;
  readonly root: MemoryRegion;
  readonly bus: AddressSpace;
  readonly log: string[];
}

/** Makes one. @param size of the bus in bytes */
export function loggedBus(size: number | bigint): LoggedBus {
  const log: string[] = [];
  const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const root = machine.container({ name: "root", size });
  return { machine, root, bus: machine.addressSpace(root, "bus"), log };
}

/** Throws when an access or a transaction has not ended; for after each test. */
export function assertNothingOpen(machine: Machine): void {
  const { reclaimer, transactions } = systemInternals(machine);
  if (reclaimer.inFlight !== 0 || transactions.depth !== 0) throw new Error("something is open");
}

/** A device, which owns what it is told to. */
export function newDevice(machine: Machine): DeviceObject {
  const made = machine.objects.create(TYPE_DEVICE, {
    parent: machine.objects.container("/machine"),
    name: "dev[*]",
  });
  if (!(made instanceof DeviceObject)) throw new Error("no device");
  return made;
}
