/** The place where gdb connects: of the command line, and as the monitor changes it. */
import { CharacterDeviceError } from "../../chardev/character-devices.js";
import { GdbServer } from "../../gdbstub/gdb-server.js";
import type { GdbControl } from "../../monitor/target.js";
import type { CharacterHost } from "../back-ends/characters.js";
import type { SettledTarget } from "../back-ends/wiring.js";
import { CliError, optionError } from "../cli-error.js";
import { gdbPlace } from "../options/debugging.js";
import { gdbTarget } from "../targets/gdb-target.js";
import type { Session } from "./session.js";

const LABEL = "gdb";

/** One server at most. */
export class GdbPlace implements GdbControl {
  readonly #session: Session;
  readonly #host: CharacterHost;
  readonly #complain: (text: string) => void;
  #server: GdbServer | null = null;

  /** @param complain told of a place that cannot be had after all */
  constructor(session: Session, host: CharacterHost, complain: (text: string) => void) {
    this.#session = session;
    this.#host = host;
    this.#complain = complain;
  }

  /** As the command line says. @throws CliError when the connection cannot be had, or there is nothing to debug */
  begin(target: SettledTarget, option: string): void {
    const connect = this.#connection();
    if (connect === null) throw optionError(option, "the processor cannot be debugged");
    this.#server = connect(this.#host.control(target, LABEL, option));
  }

  start(device: string): string | null {
    this.stop();
    const connect = this.#connection();
    if (connect === null) return "the processor cannot be debugged";
    try {
      const backend = this.#host.attach(LABEL, gdbPlace(device, LABEL));
      this.#server = connect(backend);
      backend.ready.catch((error: unknown) => {
        this.stop();
        this.#complain(`gdbserver: ${error instanceof Error ? error.message : String(error)}`);
      });
      return null;
    } catch (error) {
      if (error instanceof CliError || error instanceof CharacterDeviceError) return error.message;
      throw error;
    }
  }

  stop(): void {
    if (this.#server === null) return;
    this.#server[Symbol.dispose]();
    this.#server = null;
    this.#host.detach(LABEL);
  }

  #connection(): ((backend: ConstructorParameters<typeof GdbServer>[0]) => GdbServer) | null {
    const reached = gdbTarget(this.#session);
    const first = reached?.cpus[0];
    if (reached === null || first === undefined) return null;
    return (backend) => new GdbServer(backend, reached, first);
  }
}
