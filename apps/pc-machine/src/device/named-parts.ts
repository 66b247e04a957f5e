/** Parts of the host by name, for devices that come and go while the machine is there: drives, memory, sources of random bytes. */
import type { BlockGraph } from "../block/block-graph.js";
import type { Networks } from "../net/networks.js";
import type { UserObjects } from "../objects/user-objects.js";
import type { DeviceDefinition } from "./definition.js";
import type { PluggedDevice } from "./plugged.js";

/** Places where things with names are; absent where there are none. */
export interface NamedParts {
  readonly blocks?: BlockGraph | undefined;
  readonly objects?: UserObjects | undefined;
  readonly networks?: Networks | undefined;
}

/**
 * The properties of a device, with drives and memory where `texts` name them.
 * @throws BlockdevError when there is no such drive, or another device has it
 * @throws UserObjectError when there is no such memory or source, or another device has the memory
 * @throws NetworkError when there is no such network, or another device has it
 */
export function withNamedParts(
  { blocks, objects, networks }: NamedParts,
  definition: DeviceDefinition,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(texts).map(([name, text]) => {
    switch (definition.properties[name]?.kind) {
      case "drive":
        return [name, blocks?.driveFor(text, `${definition.name}.${name}`) ?? text];
      case "netdev":
        return [name, networks?.take(text, `${definition.name}.${name}`) ?? text];
      case "memory": {
        const memory = objects?.memoryFor(text, name);
        return [name, memory === undefined ? text : () => memory];
      }
      case "random": {
        const random = objects?.randomFor(text, name);
        return [name, random === undefined ? text : () => random];
      }
      default:
        return [name, text];
    }
  });
  return Object.fromEntries(entries);
}

/** A device was taken out: its drives go with it, and its network is free. */
export function dropNamedParts(
  { blocks, networks }: NamedParts,
  { definition, values }: PluggedDevice,
): void {
  networks?.release(values["netdev"]);
  if (blocks === undefined) return;
  for (const drive of blocks.drives) {
    const isHeld = Object.keys(definition.properties).some((name) => values[name] === drive);
    if (isHeld) blocks.deviceGone(drive);
  }
}
