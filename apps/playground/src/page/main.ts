/** The page of the PC. */
import type { Command, GivenDisk, GivenFile, MachineRequest, Report } from "../machine/protocol.js";
import { countText } from "../map/heat.js";
import { MapPanel } from "../map/map-panel.js";
import { announce, byId, h } from "./dom.js";
import { kindOfFile } from "./given-files.js";
import { fetchGuestFile, type Guest, listGuests } from "./guests.js";
import { MachineControls } from "./machine-controls.js";
import { loadState, saveState } from "./saved-state.js";
import { Screen } from "./screen.js";
import { SerialTerminal } from "./terminal.js";

const MOST_DISKS = 4;

/** Media of the machine besides RAM. */
interface Media {
  firmware: GivenFile | null;
  vgaBios: GivenFile | null;
  disks: readonly GivenDisk[];
  kernel: GivenFile | null;
  initrd: GivenFile | null;
}

const NOTHING: Media = { firmware: null, vgaBios: null, disks: [], kernel: null, initrd: null };

class Page {
  readonly #worker = new Worker(new URL("../machine/machine-worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #terminal: SerialTerminal;
  readonly #screen: Screen;
  readonly #map: MapPanel;
  readonly #controls: MachineControls;
  readonly #state = byId("state", HTMLElement);
  readonly #speed = byId("speed", HTMLElement);
  readonly #trouble = byId("trouble", HTMLElement);
  readonly #mediaList = byId("media", HTMLElement);
  #media: Media = { ...NOTHING };
  #request: MachineRequest | null = null;
  #engine = "";

  constructor() {
    const send = (command: Command): void => this.#worker.postMessage(command);
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => this.#take(data);
    this.#worker.onerror = (event) => this.#complain([event.message]);
    this.#terminal = new SerialTerminal(byId("terminal", HTMLElement), (bytes) =>
      send({ type: "serial", bytes }),
    );
    this.#screen = new Screen(byId("screen", HTMLElement), send);
    this.#map = new MapPanel(send, {
      address: "0xa0000",
      windows: [
        ["the first MiB", { start: "0x0", last: "0xfffff" }],
        ["a0000 to fffff", { start: "0xa0000", last: "0xfffff" }],
        ["3 to 4 GiB", { start: "0xc0000000", last: "0xffffffff" }],
      ],
    });
    byId("map", HTMLElement).append(this.#map.element);
    this.#controls = new MachineControls(byId("controls", HTMLElement), {
      run: () => send({ type: "run" }),
      pause: () => send({ type: "pause" }),
      reset: () => send({ type: "reset" }),
      step: (instructions) => send({ type: "step", instructions }),
      nextChange: () => send({ type: "next-change" }),
      limit: (perSecond) => send({ type: "limit", perSecond }),
      powerCycle: () => this.#build(),
      save: () => send({ type: "save" }),
      restore: () => void this.#restore(),
      showSpeed: (isShown) => {
        this.#speed.hidden = !isShown;
        send({ type: "speed", isShown });
      },
    });
    this.#acceptFiles();
    this.#build();
    void this.#offerGuests();
  }

  /** Build the machine that is set up, and start it. */
  #build(ram: Uint8Array<ArrayBuffer> | null = null): void {
    const { firmware, vgaBios, disks, kernel, initrd } = this.#media;
    this.#listMedia();
    this.#trouble.hidden = true;
    if (kernel !== null && firmware === null) {
      this.#complain([`${kernel.name} is started by SeaBIOS: drop its bios-256k.bin, too`]);
      return;
    }
    const { commandLine } = this.#controls;
    const request: MachineRequest = {
      memoryMiB: this.#controls.memoryMiB,
      devices: this.#controls.devices,
      accel: this.#controls.accel,
      firmware,
      vgaBios,
      disks,
      kernel: kernel === null ? null : { ...kernel, commandLine, initrd },
      ram,
    };
    this.#request = request;
    const build: Command = { type: "build", machine: request };
    this.#worker.postMessage(build);
    const run: Command = { type: "run" };
    this.#worker.postMessage(run);
  }

  #take(report: Report): void {
    switch (report.type) {
      case "built":
        this.#engine = report.engine;
        this.#controls.offer(report.devices);
        this.#terminal.clear();
        this.#map.renew();
        break;
      case "refused":
        this.#complain(report.problems);
        break;
      case "state": {
        const { state, instructions } = report;
        this.#controls.show(state);
        const what =
          state.kind === "running"
            ? `Running (${this.#engine})`
            : `${state.kind === "ended" ? "Ended" : "Paused"}: ${state.reason}, after ${instructions.toLocaleString("en")} instructions`;
        this.#state.textContent = what;
        break;
      }
      case "serial":
        this.#terminal.write(report.bytes);
        break;
      case "screen":
        this.#screen.draw(report);
        break;
      case "speed": {
        const { perSecond, units, tlbMisses, accesses } = report.line;
        this.#speed.textContent = [
          `${countText(perSecond)} instructions a second`,
          units === null ? "interpreted" : `${countText(units)} units translated`,
          ...(tlbMisses === null ? [] : [`${countText(tlbMisses)} TLB misses`]),
          ...accesses.map(({ name, count }) => `${name} ${countText(count)}`),
        ].join(" · ");
        break;
      }
      case "saved":
        void this.#keep(report.ram, report.disks);
        break;
      case "log":
        break;
      default:
        this.#map.take(report);
    }
  }

  #complain(problems: readonly string[]): void {
    this.#trouble.hidden = false;
    this.#trouble.textContent = problems.join("; ");
  }

  #acceptFiles(): void {
    const input = byId("files", HTMLInputElement);
    input.addEventListener("change", () => {
      void this.#insert([...(input.files ?? [])]);
      input.value = "";
    });
    const body = document.body;
    addEventListener("dragover", (event) => {
      event.preventDefault();
      body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) body.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      body.classList.remove("dropping");
      void this.#insert([...(event.dataTransfer?.files ?? [])]);
    });
  }

  async #insert(files: readonly File[]): Promise<void> {
    const media = { ...this.#media };
    const problems: string[] = [];
    for (const file of files) {
      const given = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
      const kind = kindOfFile(given);
      if (kind === "firmware") media.firmware = given;
      else if (kind === "vga-bios") media.vgaBios = given;
      else if (kind === "kernel") media.kernel = given;
      else if (kind === "initrd") media.initrd = given;
      else if (kind === "unknown")
        problems.push(`${file.name} is no disk, ISO, kernel or firmware`);
      else media.disks = [...media.disks, { ...given, kind }].slice(-MOST_DISKS);
    }
    if (problems.length < files.length) {
      this.#media = media;
      this.#build();
    }
    if (problems.length > 0) this.#complain(problems);
  }

  #listMedia(): void {
    const { firmware, vgaBios, disks, kernel, initrd } = this.#media;
    const item = (what: string, name: string, remove: () => void): HTMLLIElement =>
      h(
        "li",
        {},
        `${what}: ${name} `,
        h(
          "button",
          {
            type: "button",
            "aria-label": `Remove ${name}`,
            onclick: () => {
              remove();
              this.#build();
            },
          },
          "Remove",
        ),
      );
    this.#mediaList.replaceChildren(
      ...(firmware === null
        ? []
        : [item("Firmware", firmware.name, () => (this.#media.firmware = null))]),
      ...(vgaBios === null
        ? []
        : [item("VGA option ROM", vgaBios.name, () => (this.#media.vgaBios = null))]),
      ...(kernel === null ? [] : [item("Kernel", kernel.name, () => (this.#media.kernel = null))]),
      ...(initrd === null
        ? []
        : [item("Initial RAM disk", initrd.name, () => (this.#media.initrd = null))]),
      ...disks.map((disk) =>
        item(disk.kind === "cdrom" ? "CD" : "Disk", disk.name, () => {
          this.#media.disks = this.#media.disks.filter((other) => other !== disk);
        }),
      ),
    );
  }

  async #keep(ram: Uint8Array<ArrayBuffer>, disks: readonly GivenDisk[]): Promise<void> {
    if (this.#request === null) return;
    try {
      await saveState({ ...this.#request, ram, disks });
      announce("The state is saved");
      this.#state.textContent = "RAM and disks are saved in this browser";
    } catch (error) {
      this.#complain([`the state cannot be saved: ${String(error)}`]);
    }
  }

  async #restore(): Promise<void> {
    const state = await loadState().catch(() => null);
    if (state === null) {
      this.#complain(["no state was saved in this browser"]);
      return;
    }
    const { firmware, vgaBios, disks, kernel = null } = state;
    this.#media = { firmware, vgaBios, disks, kernel, initrd: kernel?.initrd ?? null };
    this.#controls.commandLine = kernel?.commandLine ?? this.#controls.commandLine;
    this.#controls.memoryMiB = state.memoryMiB;
    this.#controls.devices = state.devices;
    this.#build(state.ram);
  }

  async #offerGuests(): Promise<void> {
    const guests = await listGuests();
    if (guests.length === 0) return;
    const buttons = guests.map((guest) =>
      h("button", { type: "button", onclick: () => void this.#boot(guest) }, `Boot ${guest.name}`),
    );
    this.#mediaList.before(h("p", { class: "guests" }, ...buttons));
  }

  async #boot({ files, memory, commandLine }: Guest): Promise<void> {
    const media: Media = { ...NOTHING };
    try {
      for (const { path, kind } of files) {
        const file = await fetchGuestFile(path);
        if (kind === "firmware") media.firmware = file;
        else if (kind === "vga-bios") media.vgaBios = file;
        else if (kind === "kernel") media.kernel = file;
        else if (kind === "initrd") media.initrd = file;
        else media.disks = [...media.disks, { ...file, kind }];
      }
    } catch (error) {
      this.#complain([error instanceof Error ? error.message : String(error)]);
      return;
    }
    this.#media = media;
    this.#controls.memoryMiB = memory ?? 64;
    if (commandLine !== undefined) this.#controls.commandLine = commandLine;
    this.#build();
  }

  /** Text of the serial console, for tests. */
  serialText(): string {
    return this.#terminal.text();
  }
}

declare global {
  interface Window {
    /** For the tests of the page: what the serial console shows. */
    memSerialText?: () => string;
  }
}

if (new URLSearchParams(location.search).has("embed")) document.body.classList.add("embed");
const page = new Page();
window.memSerialText = () => page.serialText();
