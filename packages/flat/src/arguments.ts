import { MemorySystem } from "@mem/core";
import {
  checkArgument,
  checkOptions,
  option,
  type OptionKind,
  type OptionTable,
  refuseArgument,
} from "@mem/core/plumbing";
import { WordPort } from "./access/word-port.js";

/**
 * An address space, as an option or argument.
 * @see {@link AddressSpace}
 */
export const anAddressSpace: OptionKind = option.instance("an AddressSpace", () => WordPort);

/**
 * A machine, as an option or argument.
 * @see {@link AddressSpace}
 */
export const aMachine: OptionKind = option.instance(
  "a Machine or MemorySystem",
  () => MemorySystem,
);

const BYTES: OptionKind = option.instance("a Uint8Array", () => Uint8Array);

const MAP: OptionTable = {
  call: "addressSpace.map",
  required: { isWrite: option.flag },
  optional: { attrs: option.object },
};

/** @throws ArgumentError unless a call is given an address space */
export function checkSpace(space: unknown, call: string): void {
  checkArgument(space, anAddressSpace, call, "the address space", refuseArgument);
}

/** @throws ArgumentError unless a call is given a machine */
export function checkMachine(machine: unknown, call: string): void {
  checkArgument(machine, aMachine, call, "the machine", refuseArgument);
}

/** @throws ArgumentError unless a call is given a function to call back */
export function checkCallback(callback: unknown, call: string, name: string): void {
  checkArgument(callback, option.callback, call, name, refuseArgument);
}

/** @throws ArgumentError unless a transfer is given bytes */
export function checkBytes(bytes: unknown, call: string): void {
  checkArgument(bytes, BYTES, call, "the buffer", refuseArgument);
}

/** @throws ArgumentError unless a mapping is told its direction */
export function checkMapOptions(options: unknown): void {
  checkOptions(options, MAP, refuseArgument);
}
