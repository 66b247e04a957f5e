/** `info`: what the machine looks like from the inside. */
import { qomTree } from "@mem/qom";

import { countText } from "../../text/access-text.js";
import type { Command } from "../../command.js";
import { MonitorError } from "../../monitor-error.js";
import { colouredMtree } from "../../text/mtree-colours.js";
import { mtreeJsonText } from "../../text/mtree-json.js";
import { mtreeFlags, mtreeText } from "../../text/mtree-text.js";
import { irqText } from "../../text/machine/irq-text.js";
import { pciText } from "../../text/machine/pci-text.js";
import { absentSubjects } from "./absent.js";
import { vncSubjects } from "../vnc.js";
import { blockSubjects } from "../block.js";
import { boardSubjects } from "../board.js";
import { jit } from "./jit.js";
import { networkSubjects } from "../network.js";
import { pageSubjects } from "./pages.js";
import { summaries } from "./summaries.js";
import { simple } from "./simple.js";
import { needCpu } from "../../parts.js";
import { picText } from "../../text/machine/pic-text.js";
import { romsText } from "../../text/machine/roms-text.js";
import { qtreeText } from "../../text/machine/qtree-text.js";
import { rangeLine, rangeNames, rangesNamed } from "../../text/range-names.js";
import { objectPaths } from "../../object-paths.js";
import { VERSION } from "../../../cli/version.js";

/** Tree of a machine without devices. */
const EMPTY_QTREE = "bus: main-system-bus\n  type System\n";

/** Subcommands of `info`, by name. */
export const infoCommands: readonly Command[] = [
  {
    names: ["mtree"],
    parameters: "[-f][-d][-o][-D][-c][--json]",
    help:
      "show memory tree (-f: dump flat view for address spaces;" +
      "-d: dump dispatch tree, valid with -f only);" +
      "-o: dump region owners/parents;-D: dump disabled regions;" +
      "-c: dump what 'trace' counted;" +
      "--json: dump trees and flat views as JSON, with -f the flat views alone, with -o their owners",
    complete: () => ["-f", "-d", "-o", "-D", "-c", "--json"],
    run: ({ target, tracing, print, style }, argument) => {
      const { machine } = target.pc;
      const words = argument.split(/\s+/);
      if (words.includes("--json")) {
        const flags = mtreeFlags(words.filter((word) => word !== "--json"));
        if (flags.counts || flags.dispatch) {
          const letter = flags.counts ? "c" : "d";
          throw new MonitorError(`mtree: -${letter}: --json goes with -f, -o and -D only`);
        }
        print(mtreeJsonText(machine, flags));
        return;
      }
      const text = mtreeText(machine, argument, (region) => countText(tracing.counts.get(region)));
      print(colouredMtree(text, style));
    },
  },
  simple("name", "show the current VM name", ({ target }) =>
    target.name === null ? "" : `${target.name}\n`,
  ),
  ...summaries,
  ...blockSubjects,
  ...vncSubjects,
  ...networkSubjects,
  ...pageSubjects,
  ...absentSubjects,
  ...boardSubjects,
  jit,
  simple("pci", "show PCI info", ({ target: { pc } }) =>
    pc.board === null
      ? ""
      : pciText(
          pc.board.pci,
          ({ devfn }) => pc.devices.find((one) => one.devfn === devfn)?.id ?? "",
        ),
  ),
  simple("irq", "show the interrupts statistics (if available)", ({ target: { pc } }) => {
    if (pc.board === null) return "";
    const { interrupts, ioApic } = pc.board.isa;
    return irqText([
      ["ioapic", ioApic],
      ["isa-i8259", interrupts],
    ]);
  }),
  simple("pic", "show PIC state", ({ target: { pc } }) =>
    pc.board === null ? "" : picText(pc.board.isa.interrupts, pc.board.isa.ioApic),
  ),
  simple("roms", "show roms", ({ target: { pc } }) =>
    pc.board === null ? "" : romsText(pc.board),
  ),
  simple("qtree", "show device tree", ({ target: { pc } }) =>
    pc.board === null ? EMPTY_QTREE : qtreeText(pc.devices),
  ),
  {
    names: ["ranges"],
    parameters: "[device[:range]]",
    help: "show where devices answer, and what 'trace' counted there",
    complete: ({ target }) => rangeNames(target.pc.devices),
    run: ({ target, print }, argument) => {
      const { devices } = target.pc;
      const named = argument === "" ? null : rangesNamed(devices, argument);
      if (named?.length === 0) {
        throw new MonitorError(`ranges: no device or range is called '${argument}'`);
      }
      const lines = devices.flatMap((device) =>
        device.ranges
          .filter((range) => named === null || named.includes(range))
          .map((range) => `${rangeLine(device, range)}\n`),
      );
      print(lines.join(""));
    },
  },
  {
    names: ["qom-tree"],
    parameters: "[path]",
    help: "show QOM composition tree",
    complete: ({ target }, [path = "", ...more]) =>
      more.length > 0 ? [] : objectPaths(target.pc.machine.objects, path),
    run: ({ target, print }, argument) =>
      print(qomTree(target.pc.machine.objects, argument === "" ? undefined : argument)),
  },
  {
    names: ["registers"],
    parameters: "[-a]",
    help: "show the cpu registers (-a: of all cpus)",
    complete: () => ["-a"],
    run: (context, argument) => {
      const { print } = context;
      const all = argument === "-a";
      if (argument !== "" && !all) {
        throw new MonitorError(
          argument.startsWith("-")
            ? `registers: unsupported option ${argument.slice(0, 2)}`
            : "registers: extraneous characters at the end of line",
        );
      }
      const text =
        needCpu(context).formatRegisters?.() ?? "the processor does not show its registers";
      print(`\nCPU#0\n${text.trimEnd()}\n${all ? "\n" : ""}`);
    },
  },
  simple(
    "status",
    "show the current VM status (running|paused)",
    ({ target }) => `VM status: ${target.status}\n`,
  ),
  simple("version", "show the version", () => `mem-pc ${VERSION}\n`),
];
