/** Commands on the display and the watchdog, and what the board is made of. */
import { processorPlaces } from "../../board/processor/processor-places.js";
import { WATCHDOG_ACTIONS } from "../../device/watchdog-actions.js";
import { IMAGE_FORMATS, imageOf } from "../../screendump/screendump.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { cpusOf, needBoard } from "../parts.js";
import { lapicText } from "../text/machine/lapic-text.js";
import { simple } from "./info/simple.js";

/** File, options and what follows. A name in quotes may have blanks. */
const SCREENDUMP = /^(?:"([^"]*)"|(\S+))\s*(?:-(\S)\s*(\S*)\s*)?(.*)$/;

function screendump(context: CommandContext, argument: string): void {
  const [, quoted, plain, letter, name, device] = SCREENDUMP.exec(argument) ?? [];
  const path = quoted ?? plain;
  if (path === undefined) throw new MonitorError("screendump: filename expected");
  if (letter !== undefined && letter !== "f") {
    throw new MonitorError(`screendump: unsupported option -${letter}`);
  }
  if (name === "") throw new MonitorError("screendump: value expected for -f");
  const format = IMAGE_FORMATS.find((one) => one === (name ?? "ppm"));
  if (format === undefined) {
    throw new MonitorError(`Error: invalid parameter value: ${name}`, { usage: false });
  }
  if (device !== undefined && device !== "") {
    throw new MonitorError(`Error: Device '${device.split(" ")[0]}' not found`, { usage: false });
  }
  const { target } = context;
  const { vga } = needBoard(target);
  if (vga === null) {
    throw new MonitorError("Error: There is no console to take a screendump from", {
      usage: false,
    });
  }
  if (target.writeFile === undefined) {
    throw new MonitorError("Error: there are no files here", { usage: false });
  }
  const why = target.writeFile(path, [imageOf(vga.renderFrame(), format)]);
  if (why !== null)
    throw new MonitorError(`Error: failed to open file '${path}': ${why}`, { usage: false });
}

function watchdogAction({ target }: CommandContext, argument: string): void {
  if (argument === "") throw new MonitorError("watchdog_action: string expected");
  const action = WATCHDOG_ACTIONS.find((one) => one === argument);
  if (action === undefined || target.actions === undefined) {
    throw new MonitorError(`Error: invalid parameter value: ${argument}`, { usage: false });
  }
  target.actions.watchdog = action;
}

/** The commands. */
export const boardCommands: readonly Command[] = [
  {
    names: ["screendump"],
    parameters: "filename [-f format]",
    help: "save screen as image 'filename', in the format 'ppm' or 'png' (default ppm)",
    run: screendump,
  },
  {
    names: ["watchdog_action"],
    parameters: "action",
    help: "change watchdog action",
    complete: () => WATCHDOG_ACTIONS,
    run: watchdogAction,
  },
];

/** Text of `info lapic` of the processor with this number. */
function lapic(context: CommandContext, argument: string): string {
  const { board } = context.target.pc;
  const asked = argument === "" ? context.chosen.cpu : Number(argument);
  const apic = Number.isInteger(asked) ? board?.processors.apics.all.at(asked) : undefined;
  if (apic === undefined || asked < 0 || cpusOf(context.target).length === 0) {
    return "No CPU available\n";
  }
  return `${lapicText(apic, asked)}\n`;
}

function processorsText({ target }: CommandContext): string {
  const lines = processorPlaces(target.pc)
    .map(({ path, type, props }) => [
      `  type: "${type}"`,
      `  vcpus_count: "1"`,
      `  qom_path: "${path}"`,
      "  CPUInstance Properties:",
      `    socket-id: "${props["socket-id"]}"`,
      `    core-id: "${props["core-id"]}"`,
      `    thread-id: "${props["thread-id"]}"`,
    ])
    .reverse();
  return `Hotpluggable CPUs:\n${lines.flat().join("\n")}\n`;
}

function memoryText({ target }: CommandContext): string {
  const { pc } = target;
  const added = (target.objects?.memory ?? []).map(({ id, size, share }) => ({ id, size, share }));
  const own = { id: pc.board === null ? "ram" : "pc.ram", size: pc.ramSize, share: false };
  return [...added, ...(pc.ramSize === 0 ? [] : [own])]
    .map(({ id, size, share }) =>
      [
        `memory backend: ${id}`,
        `  size:  ${size}`,
        "  merge: true",
        "  dump: true",
        "  prealloc: false",
        `  share: ${String(share)}`,
        "  reserve: true",
        "  policy: default",
        "  host nodes: ",
        "",
      ].join("\n"),
    )
    .join("\n")
    .concat("\n");
}

/** Subjects of `info`. */
export const boardSubjects: readonly Command[] = [
  {
    names: ["lapic"],
    parameters: "[apic-id]",
    help: "show local apic state (apic-id: local apic to read, default is which of current CPU)",
    run: (context, argument) => context.print(lapic(context, argument)),
  },
  simple("hotpluggable-cpus", "Show information about hotpluggable CPUs", processorsText),
  simple("memdev", "show memory backends", memoryText),
];
