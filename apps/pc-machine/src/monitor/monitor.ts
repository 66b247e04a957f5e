/** The monitor: reads command lines, runs them, prompts for the next. */
import { LineEditor } from "../terminal/line-editor.js";
import type { Command, CommandContext } from "./command.js";
import { infoCommands } from "./commands/info.js";
import { machineCommands } from "./commands/machine.js";
import { memoryCommands } from "./commands/memory.js";
import { traceCommands } from "./commands/trace.js";
import { MonitorError } from "./monitor-error.js";
import type { MonitorTarget } from "./target.js";
import { MonitorTracing } from "./tracing.js";

/** What the monitor prints when it is ready for a command. */
export const PROMPT = "(mem) ";

/** A command shell on a machine. */
export class Monitor {
  readonly #context: CommandContext;
  readonly #print: (text: string) => void;
  readonly #editor: LineEditor;
  readonly #commands: readonly Command[];
  #greeted = false;
  #ended = false;

  /** @param print shows text; lines end in `\n` */
  constructor(target: MonitorTarget, print: (text: string) => void) {
    this.#print = print;
    this.#context = {
      target,
      print,
      dump: { format: "x", size: 4 },
      tracing: new MonitorTracing(target, print),
    };
    this.#editor = new LineEditor(print, (line) => this.#enter(line));
    this.#commands = [
      ...machineCommands,
      ...memoryCommands,
      ...traceCommands,
      {
        names: ["help", "?"],
        parameters: "[cmd]",
        help: "show the help",
        run: (_context, argument) => this.#help(argument),
      },
      {
        names: ["info"],
        parameters: "[subcommand]",
        help: "show various information about the system state",
        run: (_context, argument) => this.#info(argument),
      },
    ];
  }

  /** A byte typed to the monitor. */
  feed(byte: number): void {
    if (!this.#ended) {
      this.#editor.feed(byte);
    }
  }

  /** The monitor has the keyboard now. */
  focus(): void {
    if (!this.#greeted) {
      this.#greeted = true;
      this.#print("Type 'help' for the commands.\n");
    }
    this.#print(PROMPT + this.#editor.line);
  }

  /** Run one command line. Whatever is wrong with it is printed. */
  execute(line: string): void {
    const text = line.trim();
    const [, name = "", argument = ""] = /^([^\s/]+)\s*(.*)$/.exec(text) ?? [];
    if (text === "") {
      return;
    }
    const command = find(this.#commands, name);
    if (command === undefined) {
      this.#print(`unknown command: '${name === "" ? text : name}'\n`);
      return;
    }
    this.#run(command, argument, name);
    this.#ended ||= command.names.includes("quit") && argument === "";
  }

  #enter(line: string): void {
    this.execute(line);
    if (!this.#ended) {
      this.#print(PROMPT);
    }
  }

  #run(command: Command, argument: string, name: string): void {
    try {
      command.run(this.#context, argument);
    } catch (error) {
      if (!(error instanceof MonitorError)) {
        throw error;
      }
      this.#print(`${error.message}\nTry "help ${name}" for more information\n`);
    }
  }

  #info(argument: string): void {
    const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(argument) ?? [];
    const command = find(infoCommands, name);
    if (command !== undefined) {
      this.#run(command, rest, `info ${name}`);
    } else if (name === "") {
      this.#list(infoCommands, "info ");
    } else {
      this.#print(`unknown command: 'info ${name}'\n`);
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
    const command = name === "info" ? find(infoCommands, info) : find(this.#commands, name);
    if (command === undefined) {
      this.#print(`unknown command: '${argument}'\n`);
    } else {
      this.#list([command], name === "info" ? "info " : "");
    }
  }

  #list(commands: readonly Command[], prefix: string): void {
    const lines = commands.map(
      ({ names, parameters, help }) => `${prefix}${names.join("|")} ${parameters} -- ${help}\n`,
    );
    this.#print(lines.sort().join(""));
  }
}

function find(commands: readonly Command[], name: string): Command | undefined {
  return commands.find(({ names }) => names.includes(name));
}
