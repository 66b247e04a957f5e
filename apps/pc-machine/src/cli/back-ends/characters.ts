/** Character devices' ends on the host, made as the wiring says. */
import type { BackendSpec } from "../../chardev/backend-spec.js";
import { NamedBackend, type CharacterBackend } from "../../chardev/character-backend.js";
import { CharacterDeviceError, CharacterDevices } from "../../chardev/character-devices.js";
import { FrontEnd } from "../../chardev/front-end.js";
import { CharacterMux, type MuxFrontEnd } from "../../chardev/mux.js";
import { openBackend } from "../../chardev/node/open-backend.js";
import { NullBackend, type CharBackend } from "../../host/chardev.js";
import { FileBackend, type TerminalMux } from "../../terminal/index.js";
import type { Activity } from "../run/activity.js";
import { CliError, optionError } from "../cli-error.js";
import type { CharacterTarget } from "../command-line.js";
import { hostErrorText } from "../host-error.js";
import { KeyValues } from "../key-values.js";
import { chardevTarget } from "../options/backends.js";
import type { SettledTarget } from "./wiring.js";

/** Services that the host of characters uses. */
export interface CharacterHostOptions {
  readonly mux: TerminalMux;
  readonly activity: Activity;
  /** True if the terminal can still be typed at. */
  terminalOpen(): boolean;
  /** Told, in a line, of a file that can no longer be written, or a server that waits. */
  complain(text: string): void;
  /** Ctrl-A x, at a target that is shared. */
  quit(): void;
}

/** Makes backends, and closes them at the end. */
export class CharacterHost {
  /** All that were made, by label. */
  readonly devices: CharacterDevices;
  readonly #options: CharacterHostOptions;
  readonly #files: FileBackend[] = [];
  readonly #opened = new Map<BackendSpec, CharacterBackend>();
  readonly #shared = new Map<BackendSpec, CharacterMux>();
  readonly #taken = new Set<BackendSpec>();
  readonly #ready: Promise<void>[] = [];
  readonly #controls: CharacterBackend[] = [];

  constructor(options: CharacterHostOptions) {
    this.#options = options;
    this.devices = new CharacterDevices(
      (label, text) => this.#make(label, text),
      options.activity.note,
    );
  }

  /** Settles when the machine may start. @throws CliError when a back end cannot be had */
  async ready(): Promise<void> {
    await Promise.all(this.#ready);
  }

  /** True if input may still come over a socket or the like. */
  get inputOpen(): boolean {
    return this.devices.all.some(({ backend }) => backend.alive);
  }

  /** True if somebody may still command the machine from outside of it. */
  get controlled(): boolean {
    return this.#controls.some(({ alive }) => alive);
  }

  /** Open what `-chardev` names, whether or not somebody uses it. @throws CliError */
  openNamed(chardevs: ReadonlyMap<string, CharacterTarget>): void {
    for (const [id, target] of chardevs) {
      if (target.kind === "backend") this.#open(target.spec, id, `-chardev ${id}`);
      // A file is there, and empty, from the start on: also one that nobody writes to.
      if (target.kind === "file") this.openFile(target.path, target.append);
    }
  }

  /**
   * The host's end for a device. One that takes input can be given another while the machine runs.
   * @param reads whether the device takes input
   * @throws CliError when it cannot be had
   */
  backend(target: SettledTarget, reads: boolean, label: string, option: string): CharBackend {
    const { mux, activity } = this.#options;
    switch (target.kind) {
      case "stdio": {
        const backend = mux.connect(reads, activity.note);
        this.#list(label, "stdio", new NullBackend());
        return backend;
      }
      case "file": {
        const end = new FrontEnd(this.openFile(target.path, target.append), activity.note);
        this.#list(label, "file", new NullBackend());
        return this.#exchangeable(end, reads, label);
      }
      case "null": {
        this.#list(label, "null", new NullBackend());
        const end = new FrontEnd(new NullBackend(), activity.note);
        return this.#exchangeable(end, reads, label);
      }
      case "backend": {
        const end = new FrontEnd(this.#frontEnd(target, label, option), activity.note);
        return target.mux ? end : this.#exchangeable(end, reads, this.#labelOf(target.spec, label));
      }
    }
  }

  /**
   * The host's end for a monitor, QMP or qtest.
   * @throws CliError when it cannot be had
   */
  control(target: SettledTarget, label: string, option: string): CharacterBackend {
    const { mux, terminalOpen } = this.#options;
    switch (target.kind) {
      case "stdio":
        return this.#control(
          this.#list(
            label,
            "stdio",
            mux.connect(true, () => undefined),
            terminalOpen,
          ),
        );
      case "file":
        return this.#list(label, "file", this.openFile(target.path, target.append));
      case "null":
        return this.#list(label, "null", new NullBackend());
      case "backend": {
        const backend = this.#open(target.spec, label, option);
        if (target.mux) {
          const named = new NamedBackend(
            "mux",
            this.#muxOf(target.spec, backend).connect(),
            () => backend.alive,
          );
          return this.#control(named);
        }
        this.#take(target.spec, label, option);
        return this.#control(backend);
      }
    }
  }

  /**
   * The host's end for something that comes while the machine runs.
   * @throws CharacterDeviceError when it cannot be had, or the label is taken
   */
  attach(label: string, target: CharacterTarget): CharacterBackend {
    const backend = this.#backendOf(target);
    try {
      this.devices.add(label, backend).inUse = true;
    } catch (error) {
      void backend.close();
      throw error;
    }
    return this.#control(backend);
  }

  /** Takes a back end away that came so, or a control of the command line. */
  detach(label: string): void {
    const device = this.devices.get(label);
    if (device === null) return;
    device.inUse = false;
    this.devices.remove(label);
  }

  /** A monitor's end of a target that is shared, `null` of one that is not. @throws CliError */
  sharedMonitor(target: SettledTarget, label: string, option: string): MuxFrontEnd | null {
    if (target.kind !== "backend" || !target.mux) return null;
    const backend = this.#open(target.spec, label, option);
    this.#control(backend);
    return this.#muxOf(target.spec, backend).connect();
  }

  /** A file to write to. @throws CliError when it cannot be opened */
  openFile(path: string, append: boolean): FileBackend {
    const why = (error: unknown): string => `cannot write "${path}": ${hostErrorText(error)}`;
    try {
      const onError = (error: unknown): void => this.#options.complain(why(error));
      const file = new FileBackend(path, { append, onError });
      this.#files.push(file);
      return file;
    } catch (error) {
      throw new CliError(why(error));
    }
  }

  /** Write out and close all files and sockets. Settles when what was written has gone. */
  close(): Promise<void> {
    for (const file of this.#files) {
      file.close();
    }
    this.#files.length = 0;
    return this.devices.close();
  }

  /** A back end while the machine runs. @throws CharacterDeviceError in QEMU's words */
  #make(label: string | null, text: string): { label: string; backend: CharacterBackend } {
    const option = "chardev";
    try {
      const keys = new KeyValues(option, text, "backend", "");
      const kind = keys.need("backend");
      const id = label ?? keys.get("id");
      if (id === undefined) throw keys.error("chardev: no id specified");
      const target = chardevTarget(keys, kind);
      keys.finish();
      return { label: id, backend: this.#backendOf(target) };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      throw new CharacterDeviceError(error.message.replace(`${option} : `, ""));
    }
  }

  #backendOf(target: CharacterTarget): CharacterBackend {
    switch (target.kind) {
      case "backend": {
        const { spec } = target;
        // Nobody waits for a client: the machine runs.
        const later = spec.backend === "socket" ? { ...spec, wait: false } : spec;
        return openBackend(later, (text) => this.#options.complain(text));
      }
      case "file":
        return new NamedBackend("file", this.openFile(target.path, target.append));
      case "null":
        return new NamedBackend("null", new NullBackend());
      default:
        throw new CharacterDeviceError("cannot use stdio by multiple character devices");
    }
  }

  /** Have `chardev-change` put another back end behind `end`, if its device hears what comes. */
  #exchangeable(end: FrontEnd, reads: boolean, label: string): CharBackend {
    const device = this.devices.get(label);
    if (reads && device !== null) this.devices.hold(device, end);
    return end;
  }

  #labelOf(spec: BackendSpec, label: string): string {
    const backend = this.#opened.get(spec);
    return this.devices.all.find((one) => one.backend === backend)?.label ?? label;
  }

  #control(backend: CharacterBackend): CharacterBackend {
    this.#controls.push(backend);
    return backend;
  }

  #frontEnd(
    target: SettledTarget & { readonly kind: "backend" },
    label: string,
    option: string,
  ): CharBackend {
    const backend = this.#open(target.spec, label, option);
    if (target.mux) return this.#muxOf(target.spec, backend).connect();
    this.#take(target.spec, label, option);
    return backend;
  }

  #muxOf(spec: BackendSpec, backend: CharacterBackend): CharacterMux {
    const known = this.#shared.get(spec);
    if (known !== undefined) return known;
    const mux = new CharacterMux(backend, () => this.#options.quit());
    this.#shared.set(spec, mux);
    const device = this.devices.all.find((one) => one.backend === backend);
    if (device !== undefined) device.inUse = true;
    return mux;
  }

  #take(spec: BackendSpec, label: string, option: string): void {
    const known = this.#labelOf(spec, label);
    if (this.#taken.has(spec)) throw optionError(option, `Device '${known}' is in use`);
    this.#taken.add(spec);
    const device = this.devices.get(known);
    if (device !== null) device.inUse = true;
  }

  #open(spec: BackendSpec, label: string, option: string): CharacterBackend {
    const known = this.#opened.get(spec);
    if (known !== undefined) return known;
    const inWords = (error: unknown): unknown =>
      error instanceof CharacterDeviceError ? optionError(option, error.message) : error;
    try {
      const backend = openBackend(spec, (text) => this.#options.complain(text));
      this.devices.add(label, backend);
      this.#opened.set(spec, backend);
      const ready = backend.ready.catch((error: unknown) => {
        throw inWords(error);
      });
      ready.catch(() => undefined);
      this.#ready.push(ready);
      return backend;
    } catch (error) {
      throw inWords(error);
    }
  }

  #list(
    label: string,
    filename: string,
    inner: CharBackend,
    isAlive?: () => boolean,
  ): CharacterBackend {
    const backend = new NamedBackend(filename, inner, isAlive);
    // A target that several share is listed once.
    if (this.devices.get(label) === null) this.devices.add(label, backend).inUse = true;
    return backend;
  }
}
