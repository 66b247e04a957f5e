/** The monitor: finds the command of a line, and runs it. */
import { didYouMean } from "../text/nearest.js";
import { plainStyle, type Style } from "../text/style.js";
import type { Command, CommandContext } from "./command.js";
import { blockCommands } from "./commands/block.js";
import { deviceCommands } from "./commands/devices.js";
import { infoCommands } from "./commands/info/info.js";
import { hardwareCommands } from "./commands/hardware.js";
import { savingCommands } from "./commands/saving.js";
import { boardCommands } from "./commands/board.js";
import { characterCommands } from "./commands/characters.js";
import { loggingCommands } from "./commands/logging.js";
import { objectCommands } from "./commands/objects.js";
import { userObjectCommands } from "./commands/user-objects.js";
import { machineCommands } from "./commands/machine.js";
import { memoryCommands } from "./commands/memory.js";
import { traceCommands } from "./commands/trace.js";
import { debuggingCommands } from "./commands/debugging.js";
import { networkCommands } from "./commands/network.js";
import { vncCommands } from "./commands/vnc.js";
import { MonitorError } from "./monitor-error.js";
import { whyMissing } from "./qemu-only.js";
import type { MonitorTarget } from "./target.js";
import { MonitorTracing } from "./tracing.js";

/** Lines that `info history` shows at most. */
const MOST_HISTORY = 64;

/** A command shell on a machine. */
export class Monitor {
  readonly #context: CommandContext;
  readonly #print: (text: string) => void;
  readonly #style: Style;
  readonly #commands: readonly Command[];
  readonly #history: string[] = [];
  #ended = false;

  /** @param print shows text; lines end in `\n` */
  constructor(target: MonitorTarget, print: (text: string) => void, style: Style = plainStyle) {
    this.#print = print;
    this.#style = style;
    this.#context = {
      target,
      print,
      style,
      dump: { format: "x", size: 4 },
      chosen: { cpu: 0 },
      history: this.#history,
      tracing: new MonitorTracing(target, print),
    };
    this.#commands = [
      ...machineCommands,
      ...memoryCommands,
      ...hardwareCommands,
      ...savingCommands,
      ...objectCommands,
      ...characterCommands,
      ...loggingCommands,
      ...boardCommands,
      ...userObjectCommands,
      ...traceCommands,
      ...deviceCommands,
      ...blockCommands,
      ...networkCommands,
      ...debuggingCommands,
      ...vncCommands,
      {
        names: ["help", "?"],
        parameters: "[cmd]",
        help: "show the help",
        complete: (_context, words) => this.#completeHelp(words),
        run: (_context, argument) => this.#help(argument),
      },
      {
        names: ["info"],
        parameters: "[subcommand]",
        help: "show various information about the system state",
        complete: (_context, words) => this.#completeInfo(words),
        run: (_context, argument) => this.#info(argument),
      },
    ];
  }

  /** True if `quit` was given. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Run one command line. Whatever is wrong with it is printed. */
  execute(line: string): void {
    const text = line.trim();
    const [, name = "", argument = ""] = /^([^\s/]+)\s*(.*)$/.exec(text) ?? [];
    if (text === "") {
      return;
    }
    this.#history.push(text);
    if (this.#history.length > MOST_HISTORY) this.#history.shift();
    const command = find(this.#commands, name);
    if (command === undefined) {
      this.#unknown(name === "" ? text : name, "", this.#commands);
      return;
    }
    this.#run(command, argument, name);
    this.#ended ||= command.names.includes("quit") && argument === "";
  }

  /** Completions of the last word of `line`: commands, options, names of what there is. */
  complete(line: string): { readonly words: readonly string[]; readonly typed: string } {
    const words = line.trimStart().split(/\s+/);
    const typed = words.at(-1) ?? "";
    return { words: this.#candidates(words).filter((word) => word.startsWith(typed)), typed };
  }

  #candidates(words: readonly string[]): readonly string[] {
    const [name = "", ...rest] = words;
    if (rest.length === 0) return namesOf(this.#commands);
    return find(this.#commands, name)?.complete?.(this.#context, rest) ?? [];
  }

  #completeHelp([name = "", ...rest]: readonly string[]): readonly string[] {
    if (rest.length === 0) return namesOf(this.#commands);
    return name === "info" && rest.length === 1 ? namesOf(infoCommands) : [];
  }

  #completeInfo([name = "", ...rest]: readonly string[]): readonly string[] {
    if (rest.length === 0) return namesOf(infoCommands);
    return find(infoCommands, name)?.complete?.(this.#context, rest) ?? [];
  }

  #run(command: Command, argument: string, name: string): void {
    try {
      command.run(this.#context, argument);
    } catch (error) {
      if (!(error instanceof MonitorError)) {
        throw error;
      }
      const message = this.#style("error", error.message);
      const help = error.usage ? `Try "help ${name}" for more information\n` : "";
      this.#print(`${message}\n${help}`);
    }
  }

  /** QEMU's words first, as a program may look for them; then what there is to say besides. */
  #unknown(name: string, prefix: string, commands: readonly Command[]): void {
    const why = whyMissing(prefix + name);
    const hint =
      why === null
        ? didYouMean(name, namesOf(commands), prefix).replace(/^; /, "")
        : `a command of QEMU that is not here: ${why}`;
    const message = this.#style("error", `unknown command: '${prefix}${name}'`);
    this.#print(`${message}\n${hint === "" ? "" : `${hint}\n`}`);
  }

  #info(argument: string): void {
    const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(argument) ?? [];
    const command = find(infoCommands, name);
    if (command !== undefined) {
      this.#run(command, rest, `info ${name}`);
    } else if (name === "") {
      this.#list(infoCommands, "info ");
    } else {
      this.#unknown(name, "info ", infoCommands);
    }
  }

  #help(argument: string): void {
    const [name = "", info = ""] = argument.split(/\s+/);
    if (name === "") {
      this.#list(this.#commands, "");
      return;
    }
    if (name === "info" && info === "") {
      this.#list(infoCommands, "info ");
      return;
    }
    const isInfo = name === "info";
    const commands = isInfo ? infoCommands : this.#commands;
    const command = find(commands, isInfo ? info : name);
    if (command === undefined) {
      this.#unknown(isInfo ? info : argument, isInfo ? "info " : "", commands);
    } else {
      this.#list([command], isInfo ? "info " : "");
    }
  }

  #list(commands: readonly Command[], prefix: string): void {
    const style = this.#style;
    const lines = commands
      .map((command) => ({ command, name: `${prefix}${command.names.join("|")}` }))
      .sort((a, b) => (lineOf(a) < lineOf(b) ? -1 : 1))
      .map(({ command, name }) => lineOf({ command, name: style("name", name) }));
    this.#print(lines.join(""));
  }
}

function lineOf({ command, name }: { command: Command; name: string }): string {
  return `${name} ${command.parameters} -- ${command.help}\n`;
}

function namesOf(commands: readonly Command[]): readonly string[] {
  return commands.flatMap(({ names }) => names.filter((name) => name !== "?")).sort();
}

function find(commands: readonly Command[], name: string): Command | undefined {
  return commands.find(({ names }) => names.includes(name));
}
