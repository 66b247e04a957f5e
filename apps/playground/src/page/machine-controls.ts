/** The buttons of the machine. */
import type { DeviceChoice, MachineState } from "../machine/protocol.js";
import { h } from "./dom.js";

const LIMITS: readonly (readonly [name: string, perSecond: number | null])[] = [
  ["full speed", null],
  ["10 million a second", 1e7],
  ["1 million a second", 1e6],
  ["100,000 a second", 1e5],
  ["1,000 a second", 1e3],
];
const MEMORIES = [16, 32, 64, 128, 256, 512, 1024];

/** Actions of the buttons. */
export interface MachineActions {
  run(): void;
  pause(): void;
  reset(): void;
  step(instructions: number): void;
  nextChange(): void;
  limit(perSecond: number | null): void;
  /** Build the machine anew, with what is set now. */
  powerCycle(): void;
  /** Keep RAM and disks, in this browser or in a file. */
  save(place: "browser" | "file"): void;
  restore(): void;
  showSpeed(isShown: boolean): void;
}

/** Makes them, and answers what is set. */
export class MachineControls {
  readonly #run: HTMLButtonElement;
  readonly #memory: HTMLSelectElement;
  readonly #accel: HTMLSelectElement;
  readonly #devices = h("input", {
    id: "devices",
    size: "24",
    spellcheck: "false",
    list: "device-names",
  });
  readonly #commandLine = h("input", {
    id: "command-line",
    size: "24",
    spellcheck: "false",
    value: "console=ttyS0",
  });
  readonly #names = h("datalist", { id: "device-names" });
  readonly #still: readonly HTMLButtonElement[];
  #isRunning = false;

  constructor(host: HTMLElement, actions: MachineActions) {
    const button = (text: string, onclick: () => void, title = ""): HTMLButtonElement =>
      h("button", { type: "button", title: title === "" ? null : title, onclick }, text);
    this.#run = button("Start", () => (this.#isRunning ? actions.pause() : actions.run()));
    this.#run.classList.add("primary");
    const step = button("Step", () => actions.step(1), "Run one instruction");
    const steps = button("Step 1000", () => actions.step(1000), "Run 1000 instructions");
    const change = button("Next change", actions.nextChange, "Run until the memory map changes");
    this.#still = [step, steps, change];
    const limits = h(
      "select",
      { onchange: () => actions.limit(LIMITS[limits.selectedIndex]?.[1] ?? null) },
      ...LIMITS.map(([name]) => h("option", {}, name)),
    );
    this.#memory = h(
      "select",
      { id: "memory", onchange: actions.powerCycle },
      ...MEMORIES.map((mib) => h("option", { value: mib, selected: mib === 64 }, `${mib} MiB`)),
    );
    this.#accel = h(
      "select",
      { onchange: actions.powerCycle },
      h("option", { value: "jit" }, "translated"),
      h("option", { value: "interp" }, "interpreted"),
    );
    const speed = h("input", {
      type: "checkbox",
      id: "show-speed",
      onchange: () => actions.showSpeed(speed.checked),
    });
    host.append(
      this.#run,
      ...this.#still,
      button("Reset", actions.reset, "Press the machine's reset button"),
      h("label", {}, "Speed ", limits),
      h(
        "details",
        { class: "more" },
        h("summary", {}, "Set up"),
        h(
          "div",
          { class: "panel" },
          h("label", {}, "Memory (-m) ", this.#memory),
          h("label", {}, "Code is ", this.#accel),
          h("label", {}, "Devices (-device), a space between ", this.#devices, this.#names),
          h("label", {}, "Kernel command line (-append) ", this.#commandLine),
          button("Power cycle", actions.powerCycle, "Build the machine anew, and start it"),
          h("label", {}, speed, "show the speed"),
          button("Save state", () => actions.save("browser"), "Keep RAM and disks in this browser"),
          button(
            "Save to a file",
            () => actions.save("file"),
            "Keep RAM and disks in a file: drop it on the page to begin with them",
          ),
          button("Restore state", actions.restore, "Begin with the RAM and disks that were kept"),
          h(
            "p",
            { class: "hint" },
            "A state is RAM, disks, files and set-up. A machine that is restored begins with them at its reset: " +
              "processor and devices start anew, and so does the guest's system.",
          ),
        ),
      ),
    );
  }

  /** Shows the state of the machine. */
  show(state: MachineState): void {
    this.#isRunning = state.kind === "running";
    this.#run.textContent = this.#isRunning ? "Pause" : "Start";
    this.#run.disabled = state.kind === "ended";
    for (const button of this.#still) button.disabled = this.#isRunning || state.kind === "ended";
  }

  /** Offers devices that can be plugged in. */
  offer(devices: readonly DeviceChoice[]): void {
    this.#names.replaceChildren(
      ...devices.map(({ name, description }) => h("option", { value: name }, description)),
    );
  }

  get memoryMiB(): number {
    return Number(this.#memory.value);
  }

  set memoryMiB(value: number) {
    if (![...this.#memory.options].some((option) => Number(option.value) === value)) {
      this.#memory.append(h("option", { value }, `${value} MiB`));
    }
    this.#memory.value = String(value);
  }

  get commandLine(): string {
    return this.#commandLine.value;
  }

  set commandLine(value: string) {
    this.#commandLine.value = value;
  }

  get accel(): "jit" | "interp" {
    return this.#accel.value === "interp" ? "interp" : "jit";
  }

  set accel(value: "jit" | "interp") {
    this.#accel.value = value;
  }

  get devices(): readonly string[] {
    return this.#devices.value.split(/\s+/).filter((text) => text !== "");
  }

  set devices(value: readonly string[]) {
    this.#devices.value = value.join(" ");
  }
}
