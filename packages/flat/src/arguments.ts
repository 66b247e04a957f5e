import { MemorySystem } from "@mem/core";
import {
  aFlag,
  aFunction,
  anAddress,
  anInstance,
  aNumber,
  anyObject,
  checkArgument,
  checkOptions,
  type OptionKind,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { WordPort } from "./access/word-port.js";

/**
 * An address space, as an option or argument.
 * @see {@link AddressSpace}
 */
export const anAddressSpace: OptionKind = anInstance("an AddressSpace", () => WordPort);

/**
 * A machine, as an option or argument.
 * @see {@link AddressSpace}
 */
export const aMachine: OptionKind = anInstance("a Machine or MemorySystem", () => MemorySystem);

// Told by what it has: a class that is imported here makes a circle of modules.
const VIEW: OptionKind = { expects: "a FlatView", accepts: (value) => has(value, "ranges") };

function has(value: unknown, method: string): boolean {
  return typeof value === "object" && value !== null && method in value;
}

const MAP: OptionTable = {
  call: "addressSpace.map",
  required: { isWrite: aFlag },
  optional: { attrs: anyObject },
};

/** The options of a function that looks at a part of a region's memory. */
const rangeTable = (call: string): OptionTable => ({
  call,
  optional: { offset: anAddress, length: anAddress },
});

/**
 * Refuses what is no address space.
 * @param call the call as people write it
 * @throws ArgumentError unless a call is given an address space
 * @see {@link AddressSpace}
 */
export function checkSpace(space: unknown, call: string): void {
  checkArgument(space, anAddressSpace, call, "the address space", refuseArgument);
}

/**
 * Refuses what is no machine.
 * @param call the call as people write it
 * @throws ArgumentError unless a call is given a machine
 * @see {@link AddressSpace}
 */
export function checkMachine(machine: unknown, call: string): void {
  checkArgument(machine, aMachine, call, "the machine", refuseArgument);
}

/** @throws ArgumentError unless a call is given a function to call back */
export function checkCallback(callback: unknown, call: string, name: string): void {
  checkArgument(callback, aFunction, call, name, refuseArgument);
}

/** @throws ArgumentError unless a call is given a view */
export function checkView(view: unknown, call: string): void {
  checkArgument(view, VIEW, call, "the view", refuseArgument);
}

/** @throws ArgumentError unless a call is given a range of a region's memory */
export function checkRange(range: unknown, call: string): void {
  checkOptions(range, rangeTable(call), refuseArgument);
}

/** @throws ArgumentError unless a mapping is told its direction */
export function checkMapOptions(options: unknown): void {
  checkOptions(options, MAP, refuseArgument);
}

/** @throws ArgumentError unless memory is filled with a byte */
export function checkFill(byte: unknown): void {
  checkArgument(byte, aNumber, "addressSpace.set", "the byte", refuseArgument);
}

/** @throws ArgumentError unless a transfer is told its direction */
export function checkDirection(isWrite: unknown): void {
  if (typeof isWrite === "boolean") return;
  checkArgument(isWrite, aFlag, "addressSpace.rw", "isWrite", refuseArgument);
}
