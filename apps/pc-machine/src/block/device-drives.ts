/** Drives of devices that come and go while the machine is there. */
import type { DeviceDefinition } from "../device/definition.js";
import type { PluggedDevice } from "../device/plugged.js";
import type { BlockGraph } from "./block-graph.js";

/**
 * The properties of a device, with drives where `texts` name them.
 * @throws BlockdevError when there is no such drive, or another device has it
 */
export function withDrives(
  blocks: BlockGraph | undefined,
  definition: DeviceDefinition,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(texts).map(([name, text]) =>
    definition.properties[name]?.kind === "drive" && blocks !== undefined
      ? [name, blocks.driveFor(text, `${definition.name}.${name}`)]
      : [name, text],
  );
  return Object.fromEntries(entries);
}

/** A device was taken out: its drives go with it. */
export function dropDrives(
  blocks: BlockGraph | undefined,
  { definition, values }: PluggedDevice,
): void {
  if (blocks === undefined) return;
  for (const drive of blocks.drives) {
    const isHeld = Object.keys(definition.properties).some((name) => values[name] === drive);
    if (isHeld) blocks.deviceGone(drive);
  }
}
