/** `map`: the PC's memory map as a picture or as text, in place of a run. */
import { writeFileSync } from "node:fs";

import { renderMap } from "@mem/picture";
import type { AddressSpace } from "@mem/flat";
import type { PcMachine } from "../../board/index.js";
import { NullBackend } from "../../host/chardev.js";
import { InstructionClock } from "../../host/instruction-clock.js";
import { mtreeJsonText } from "../../monitor/text/mtree-json.js";
import { mtreeText } from "../../monitor/text/mtree-text.js";
import { hostRandom } from "../../objects/random-source.js";
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { openBlocks } from "../back-ends/block.js";
import { runFirmware } from "../run/firmware-run.js";
import { hostErrorText } from "../host-error.js";
import type { MapRequest } from "./map-options.js";
import { buildMachine, settingsOf } from "../pc-options.js";

/**
 * Build the machine, run it as far as is asked for, and write its map.
 * @param write where text goes, and a picture for the file `-`
 * @throws CliError when something that was asked for cannot be had
 */
export function drawMap(
  line: CommandLine,
  request: MapRequest,
  write: (text: string) => void,
): void {
  const blocks = openBlocks(line, { emit: () => {}, stop: () => {}, note: () => {} });
  try {
    const pc = buildMachine({
      ...settingsOf(line, {
        serialConsole: false,
        debugcon: line.debugcon === null ? null : new NullBackend(),
        netdev: () => null,
        memory: (device) => {
          throw optionError(device.option, "the map of a machine alone has no -object");
        },
        random: () => hostRandom,
        chardev: () => new NullBackend(),
        drive: (device, property, name) => blocks.drive(device, property, name),
      }),
      clock: new InstructionClock(),
      startTimeMs: 0,
      disks: blocks.disks,
      floppies: blocks.floppies,
      flash: blocks.flash,
      serial: [new NullBackend()],
    });
    try {
      runFirmware(pc, request.run);
      const text = request.svg === null ? written(pc, request) : picture(pc, request);
      if (request.svg === null || request.svg === "-") write(text);
      else writePicture(request.svg, text);
    } finally {
      pc.dispose();
    }
  } finally {
    blocks[Symbol.dispose]();
  }
}

/** The map as `info mtree` has it, as JSON or text. */
function written({ machine }: PcMachine, { json, flat, owners, showDisabled }: MapRequest): string {
  if (json)
    return mtreeJsonText(machine, { flatview: flat, owner: owners, disabled: showDisabled });
  const flags = [flat ? "-f" : "", owners ? "-o" : "", showDisabled ? "-D" : ""];
  return mtreeText(machine, flags.join(" "));
}

function picture(pc: PcMachine, { space, window, showHidden, showDisabled }: MapRequest): string {
  const spaces: Record<MapRequest["space"], AddressSpace> = { memory: pc.memory, io: pc.io };
  return renderMap(spaces[space], {
    title: space === "io" ? "I/O ports of the PC" : "Memory of the PC",
    showHidden,
    showDisabled,
    ...(window === null ? {} : { window }),
  });
}

function writePicture(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw optionError("--svg", `cannot write "${path}": ${hostErrorText(error)}`);
  }
}
