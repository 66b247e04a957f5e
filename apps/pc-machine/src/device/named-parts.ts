/**
 * Parts of the host by name, for devices that come and go while the machine is there: drives, memory, sources of
 * random bytes, character devices.
 */
import type { BlockGraph } from "../block/block-graph.js";
import type { CharacterDevices } from "../chardev/character-devices.js";
import type { Networks } from "../net/networks.js";
import type { UserObjects } from "../objects/user-objects.js";
import type { DeviceDefinition } from "./definition.js";
import type { PluggedDevice } from "./plugged.js";

/** Places where things with names are; absent where there are none. */
export interface NamedParts {
  readonly blocks?: BlockGraph | undefined;
  readonly objects?: UserObjects | undefined;
  readonly networks?: Networks | undefined;
  readonly characters?: CharacterDevices | undefined;
}

/**
 * Plug a device in with drives, memory and the like where `texts` name them. What it took is free again where it
 * cannot be plugged in.
 * @param plug plugs it in with the properties that it is given
 * @throws BlockdevError when there is no such drive, or another device has it
 * @throws UserObjectError when there is no such memory or source, or another device has the memory
 * @throws NetworkError when there is no such network, or another device has it
 * @throws CharacterDeviceError when there is no such character device, or another device has it
 */
export function plugWithNamedParts(
  parts: NamedParts,
  definition: DeviceDefinition,
  texts: Readonly<Record<string, string>>,
  plug: (properties: Readonly<Record<string, unknown>>) => void,
): void {
  const properties: Record<string, unknown> = {};
  try {
    for (const [name, text] of Object.entries(texts)) {
      properties[name] = partOf(parts, definition, name, text);
    }
    plug(properties);
  } catch (error) {
    for (const part of Object.values(properties)) releasePart(parts, part);
    throw error;
  }
}

/** The part that property `name` names by `text`, which is the text itself for a property of another kind. */
function partOf(
  { blocks, objects, networks, characters }: NamedParts,
  definition: DeviceDefinition,
  name: string,
  text: string,
): unknown {
  const property = `${definition.name}.${name}`;
  switch (definition.properties[name]?.kind) {
    case "drive":
      return blocks?.driveFor(text, property) ?? text;
    case "netdev":
      return networks?.take(text, property) ?? text;
    case "chardev":
      return characters?.take(text, property) ?? text;
    case "memory": {
      const memory = objects?.memoryFor(text, name);
      return memory === undefined ? text : () => memory;
    }
    case "random": {
      const random = objects?.randomFor(text, name);
      return random === undefined ? text : () => random;
    }
    default:
      return text;
  }
}

/** Have a network or a character device free for others, if `part` is one. */
function releasePart({ networks, characters }: NamedParts, part: unknown): void {
  networks?.release(part);
  characters?.release(part);
}

/** A device was taken out: its drives go with it, and its network and character device are free. */
export function dropNamedParts(parts: NamedParts, { definition, values }: PluggedDevice): void {
  const { blocks } = parts;
  for (const value of Object.values(values)) releasePart(parts, value);
  if (blocks === undefined) return;
  for (const drive of blocks.drives) {
    const isHeld = Object.keys(definition.properties).some((name) => values[name] === drive);
    if (isHeld) blocks.deviceGone(drive);
  }
}
