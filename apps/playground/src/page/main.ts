/** The page of the PC. */
import type { Command, GivenDisk, GivenFile, MachineRequest, Report } from "../machine/protocol.js";
import { countText } from "../map/heat.js";
import { MapPanel } from "../map/map-panel.js";
import { BOOT_MS } from "./boot-time.js";
import { announce, byId, h, isEmbedded } from "./dom.js";
import { readGiven } from "./given-files.js";
import { fetchGuestFile, type Guest, listGuests } from "./guests.js";
import { MachineControls } from "./machine-controls.js";
import type { MachineLink } from "./machine-link.js";
import { mediaItems, mediaOf, NO_MEDIA, notesOf, takenOut, withFile } from "./media.js";
import { loadState, saveState } from "./saved-state.js";
import { Screen } from "./screen.js";
import { isStateFile, packState, unpackState } from "./state-file.js";
import { SerialTerminal } from "./terminal.js";

class Page {
  readonly #link: MachineLink;
  readonly #terminal: SerialTerminal;
  readonly #screen: Screen;
  readonly #map: MapPanel;
  readonly #controls: MachineControls;
  readonly #state = byId("state", HTMLElement);
  readonly #speed = byId("speed", HTMLElement);
  readonly #trouble = byId("trouble", HTMLElement);
  readonly #mediaList = byId("media", HTMLElement);
  #media = NO_MEDIA;
  /** Place of the state that was asked for. */
  #keepsInFile = false;
  #request: MachineRequest;
  #engine = "";

  /**
   * @param link to the machine's worker
   * @param request the machine that it has been asked for
   */
  constructor(link: MachineLink, request: MachineRequest) {
    this.#link = link;
    this.#request = request;
    const send = (command: Command): void => link.send(command);
    this.#terminal = new SerialTerminal(byId("terminal", HTMLElement), (bytes) =>
      send({ type: "serial", bytes }),
    );
    this.#screen = new Screen(byId("screen", HTMLElement), send);
    this.#map = new MapPanel(send, {
      address: "0xa0000",
      isPicture: isEmbedded(),
      heatAfterMs: BOOT_MS,
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
      save: (place) => {
        this.#keepsInFile = place === "file";
        send({ type: "save" });
      },
      restore: () => void this.#restore(),
      showSpeed: (isShown) => {
        this.#speed.hidden = !isShown;
        send({ type: "speed", isShown });
      },
    });
    this.#acceptFiles();
    link.listen(
      (report) => this.#take(report),
      (message) => this.#complain([message]),
    );
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
    const notes = notesOf(this.#media);
    if (notes.length > 0) this.#complain(notes);
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
    this.#link.send({ type: "build", machine: request });
    this.#link.send({ type: "run" });
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
    let media = this.#media;
    const problems: string[] = [];
    for (const file of files) {
      const given = await readGiven(file);
      if (typeof given === "string") {
        problems.push(given);
        continue;
      }
      if (isStateFile(given.bytes)) return this.#open(given);
      const more = withFile(media, given);
      if (more === null) problems.push(`${file.name} is no disk, ISO, kernel or firmware`);
      else {
        const gone = takenOut(media, more);
        if (gone !== null) problems.push(gone);
        media = more;
      }
    }
    if (media !== this.#media) {
      this.#media = media;
      this.#build();
      if (!this.#trouble.hidden) problems.unshift(this.#trouble.textContent);
    }
    if (problems.length > 0) this.#complain(problems);
  }

  #listMedia(): void {
    const items = mediaItems(this.#media, (media) => {
      this.#media = media;
      this.#build();
    });
    this.#mediaList.replaceChildren(...items);
  }

  async #keep(ram: Uint8Array<ArrayBuffer>, disks: readonly GivenDisk[]): Promise<void> {
    const state = { ...this.#request, ram, disks };
    try {
      if (this.#keepsInFile) download(await packState(state), "machine.memstate");
      else await saveState(state);
    } catch (error) {
      this.#complain([`the state cannot be saved: ${messageOf(error)}`]);
      return;
    }
    announce("The state is saved");
    this.#state.textContent = `RAM and disks are saved in ${this.#keepsInFile ? "a file" : "this browser"}`;
  }

  async #restore(): Promise<void> {
    const state = await loadState().catch(() => null);
    if (state === null) this.#complain(["no state was saved in this browser"]);
    else this.#resume(state);
  }

  async #open({ name, bytes }: GivenFile): Promise<void> {
    try {
      this.#resume(await unpackState(bytes));
    } catch (error) {
      this.#complain([`${name}: ${messageOf(error)}`]);
    }
  }

  /** Build the machine of a state, with its RAM and disks. */
  #resume(state: MachineRequest): void {
    this.#media = mediaOf(state);
    this.#controls.commandLine = state.kernel?.commandLine ?? this.#controls.commandLine;
    this.#controls.memoryMiB = state.memoryMiB;
    this.#controls.devices = state.devices;
    this.#controls.accel = state.accel;
    this.#build(state.ram);
    announce("RAM and disks are as they were saved; processor and devices start anew");
  }

  async #offerGuests(): Promise<void> {
    const { guests, problems } = await listGuests();
    if (problems.length > 0) this.#complain(problems);
    if (guests.length === 0) return;
    const buttons = guests.map((guest) =>
      h("button", { type: "button", onclick: () => void this.#boot(guest) }, `Boot ${guest.name}`),
    );
    this.#mediaList.before(h("p", { class: "guests" }, ...buttons));
  }

  async #boot({ files, memory, commandLine }: Guest): Promise<void> {
    let media = NO_MEDIA;
    try {
      for (const { path, kind } of files) {
        media = withFile(media, await fetchGuestFile(path), kind) ?? media;
      }
    } catch (error) {
      this.#complain([messageOf(error)]);
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Has the browser put `blob` among the person's downloads. */
function download(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

declare global {
  interface Window {
    /** For the tests of the page: what the serial console shows. */
    memSerialText?: () => string;
  }
}

/** Builds the page around a machine that was asked for and is on its way. */
export function openPage(link: MachineLink, request: MachineRequest): void {
  if (isEmbedded()) document.body.classList.add("embed");
  const page = new Page(link, request);
  window.memSerialText = () => page.serialText();
}
