/** A real QEMU, or a program that answers as one, paused before its first instruction, whose buses a test drives by qtest. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Access } from "./guest-access.js";

/** The program that is compared with. */
export const QEMU = "qemu-system-i386";
/** The version that is compared with. */
const VERSION = /version 7\.2\./;
/** An answer that takes longer never comes. */
const ANSWER_TIMEOUT_MS = 600_000;
const SIZE_LETTER = { 1: "b", 2: "w", 4: "l" } as const;

/** Why QEMU cannot be compared with here, `null` when it can. */
export function qemuMissing(): string | null {
  const { error, stdout } = spawnSync(QEMU, ["--version"], { encoding: "utf8" });
  if (error !== undefined) {
    return `${QEMU} is not installed (Debian package qemu-system-x86)`;
  }
  return VERSION.test(stdout) ? null : `${QEMU} is not 7.2: ${stdout.split("\n")[0]}`;
}

/** A program went away in the middle of something. */
export class ProgramEndedError extends Error {
  override readonly name = "ProgramEndedError";
  readonly program: string;

  /** @param complaint what it said on its way out */
  constructor(program: string, complaint: string) {
    super(`${program} closed the connection. ${complaint.trim()}`);
    this.program = program;
  }
}

/** A connection that QEMU opened: lines come in, in order. */
class Lines {
  readonly #socket: Socket;
  readonly #program: string;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  readonly #arrived: string[] = [];
  #rest = "";
  #closed: Error | null = null;

  /**
   * @param program   who answers, for people
   * @param complaint what QEMU said on its way out
   */
  constructor(socket: Socket, program: string, complaint: () => string) {
    this.#socket = socket;
    this.#program = program;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#closed = new ProgramEndedError(program, complaint());
      for (const { reject } of this.#waiting.splice(0)) {
        reject(this.#closed);
      }
    });
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** @param asked what it was that the line answers, for people */
  next(asked: string): Promise<string> {
    const line = this.#arrived.shift();
    if (line !== undefined) {
      return Promise.resolve(line);
    }
    if (this.#closed !== null) {
      return Promise.reject(this.#closed);
    }
    return new Promise((resolve, reject) => {
      const seconds = ANSWER_TIMEOUT_MS / 1000;
      const late = new Error(`${this.#program} has not answered '${asked}' for ${seconds} seconds`);
      const timer = setTimeout(() => reject(late), ANSWER_TIMEOUT_MS);
      this.#waiting.push({
        resolve: (text) => {
          clearTimeout(timer);
          resolve(text);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) {
        this.#arrived.push(line);
      } else {
        waiter.resolve(line);
      }
    }
  }
}

function listen(
  path: string,
  program: string,
  complaint: () => string,
): { server: Server; connected: Promise<Lines> } {
  const server = createServer();
  const connected = new Promise<Lines>((resolve) => {
    server.once("connection", (socket) => resolve(new Lines(socket, program, complaint)));
  });
  server.listen(path);
  return { server, connected };
}

/** A running QEMU. */
export class QemuProcess {
  /** Resets since the start. */
  resets = 0;
  readonly #child: ChildProcess;
  readonly #qtest: Lines;
  readonly #monitor: Lines;
  readonly #cleanUp: () => void;

  private constructor(child: ChildProcess, qtest: Lines, monitor: Lines, cleanUp: () => void) {
    this.#child = child;
    this.#qtest = qtest;
    this.#monitor = monitor;
    this.#cleanUp = cleanUp;
  }

  /**
   * Start QEMU with `args` besides what makes it a paused `pc` without defaults.
   *
   * @param program another program that takes QEMU's options
   */
  static async start(args: readonly string[], program = QEMU): Promise<QemuProcess> {
    const folder = mkdtempSync(join(tmpdir(), "mem-qemu-"));
    let complaint = "";
    const qtest = listen(join(folder, "qtest"), program, () => complaint);
    const monitor = listen(join(folder, "monitor"), program, () => complaint);
    const fixed = ["-M", "pc", "-nodefaults", "-display", "none", "-S", "-no-shutdown"];
    const channels = [
      ...["-qtest", `unix:${folder}/qtest`, "-qtest-log", "none"],
      ...["-qmp", `unix:${folder}/monitor`],
    ];
    const child = spawn(program, [...fixed, "-accel", "tcg", ...channels, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const cleanUp = (): void => {
      qtest.server.close();
      monitor.server.close();
      rmSync(folder, { recursive: true, force: true });
    };
    child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const died = new Promise<never>((_resolve, reject) => {
      child.once("exit", () => reject(new Error(`QEMU did not start: ${complaint}`)));
    });
    died.catch(() => undefined);
    try {
      const lines = await Promise.race([Promise.all([qtest.connected, monitor.connected]), died]);
      const qemu = new QemuProcess(child, lines[0], lines[1], cleanUp);
      await lines[1].next("the connection to QMP");
      await qemu.#execute("qmp_capabilities");
      return qemu;
    } catch (error) {
      child.kill("SIGKILL");
      cleanUp();
      throw error;
    }
  }

  /** Do all of `accesses` in order; what each reads, 0 for a write. */
  async access(accesses: readonly Access[]): Promise<number[]> {
    this.#qtest.send(accesses.map((access) => `${command(access)}\n`).join(""));
    const values: number[] = [];
    for (const access of accesses) {
      const [status, value = "0"] = (await this.#qtest.next(command(access))).split(" ");
      if (status !== "OK") {
        throw new Error(`qtest refuses "${command(access)}": ${status}`);
      }
      values.push(Number(value));
    }
    return values;
  }

  /** The answer of the human monitor. */
  async monitor(commandLine: string): Promise<string> {
    const answer = await this.#execute("human-monitor-command", { "command-line": commandLine });
    return String(answer).replaceAll("\r", "");
  }

  /** Let the machine do what it was asked for: a reset among it. */
  async settle(): Promise<void> {
    await this.#execute("query-status");
    await this.#execute("query-status");
  }

  /** Let drives finish what they were asked for: stopping waits for them, also where nothing runs. */
  async drain(): Promise<void> {
    await this.#execute("stop");
  }

  /** Wait for the reset that was asked for; `count` is what {@link resets} will be. */
  async reset(count: number): Promise<void> {
    for (let tries = 0; this.resets < count; tries++) {
      if (tries > 1000) {
        throw new Error("QEMU does not reset");
      }
      await this.#execute("query-status");
    }
  }

  /** End QEMU. */
  close(): void {
    this.#qtest.close();
    this.#monitor.close();
    this.#child.kill("SIGKILL");
    this.#cleanUp();
  }

  async #execute(execute: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#monitor.send(`${JSON.stringify(args ? { execute, arguments: args } : { execute })}\n`);
    for (;;) {
      const message: unknown = JSON.parse(await this.#monitor.next(execute));
      if (typeof message !== "object" || message === null) {
        continue;
      }
      if ("return" in message) {
        return message.return;
      }
      if ("error" in message) {
        throw new Error(`QEMU refuses ${execute}: ${JSON.stringify(message.error)}`);
      }
      if ("event" in message && message.event === "RESET") {
        this.resets++;
      }
    }
  }
}

function command({ space, address, size, write }: Access): string {
  const letter = SIZE_LETTER[size];
  const verb =
    space === "io"
      ? `${write === undefined ? "in" : "out"}${letter}`
      : `${write === undefined ? "read" : "write"}${letter}`;
  const value = write === undefined ? "" : ` 0x${write.toString(16)}`;
  return `${verb} 0x${address.toString(16)}${value}`;
}
