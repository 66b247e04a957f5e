/** The page of lessons. */
import { MapPanel } from "../map/map-panel.js";
import { byId, h, isEmbedded } from "../page/dom.js";
import { Editor } from "./editor.js";
import { lessons } from "./lessons/index.js";
import { linkOf, readLink } from "./link.js";
import { lineOf, prepare } from "./prepare.js";
import { ProgramRunner } from "./program-runner.js";
import type { LessonReport, Trouble } from "./protocol.js";

/** A program is run when nothing was typed for so long. */
const PAUSE_MS = 300;

class LessonPage {
  readonly #editor: Editor;
  readonly #runner: ProgramRunner;
  readonly #map: MapPanel;
  readonly #output = byId("output", HTMLElement);
  readonly #trouble = byId("trouble", HTMLElement);
  readonly #state = byId("state", HTMLElement);
  readonly #choice = byId("lesson", HTMLSelectElement);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFirst = true;

  constructor() {
    this.#runner = new ProgramRunner(
      (report) => this.#take(report),
      () =>
        this.#fail({
          message: "The program did not come to an end or a pause for 3 seconds, and was stopped.",
          line: null,
        }),
    );
    this.#map = new MapPanel((command) => this.#runner.send(command), {
      hasBreaks: false,
      isPicture: isEmbedded(),
    });
    byId("map", HTMLElement).append(this.#map.element);
    this.#editor = new Editor(byId("editor", HTMLElement), () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#run(), PAUSE_MS);
    });
    this.#choice.append(...lessons.map(({ id, title }) => h("option", { value: id }, title)));
    this.#choice.addEventListener("change", () => {
      location.hash = `lesson=${this.#choice.value}`;
    });
    byId("again", HTMLButtonElement).addEventListener("click", () => this.#run());
    byId("link", HTMLButtonElement).addEventListener("click", () => void this.#link());
    addEventListener("hashchange", () => void this.#open());
    void this.#open();
  }

  /** The program that the address asks for. */
  async #open(): Promise<void> {
    const link = await readLink(location.hash);
    let trouble: string | null = null;
    if (link !== null && "program" in link) {
      if (link.program !== this.#editor.program) this.#editor.program = link.program;
    } else {
      const wanted = lessons.find(({ id }) => link !== null && id === link.lesson) ?? lessons[0];
      if (wanted === undefined) return;
      if (link === null && location.hash.startsWith("#program=")) {
        trouble = "The program of this link is damaged or cut off; this is the first lesson.";
      } else if (link !== null && link.lesson !== wanted.id) {
        trouble = `There is no lesson "${link.lesson}"; this is the first one.`;
      }
      this.#choice.value = wanted.id;
      this.#editor.program = wanted.program;
      this.#map.renew();
    }
    clearTimeout(this.#timer);
    this.#run();
    if (trouble !== null) {
      this.#trouble.hidden = false;
      this.#trouble.textContent = trouble;
    }
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#output.textContent = "";
    const prepared = prepare(this.#editor.program);
    if ("trouble" in prepared) {
      this.#runner.stop();
      this.#fail(prepared.trouble);
      return;
    }
    this.#trouble.hidden = true;
    this.#editor.markTrouble(null);
    this.#state.textContent = "Running";
    if (this.#isFirst) this.#map.renew();
    this.#isFirst = false;
    this.#runner.run(prepared.code);
  }

  #take(report: LessonReport): void {
    switch (report.type) {
      case "pong":
        break;
      case "printed":
        this.#output.append(`${report.text}\n`);
        break;
      case "done":
        this.#state.textContent =
          report.machines === 0
            ? "The program made no address space: there is nothing to show."
            : "The picture is that of this program.";
        break;
      case "failed":
        this.#fail(report.trouble);
        break;
      default:
        this.#map.take(report);
    }
  }

  #fail({ message, line: told }: Trouble): void {
    const line = told ?? lineOf(this.#editor.program, message);
    this.#trouble.hidden = false;
    this.#trouble.textContent = line === null ? message : `Line ${line}: ${message}`;
    this.#editor.markTrouble(line);
    this.#state.textContent = "The picture is that of the last program that ran this far.";
  }

  async #link(): Promise<void> {
    const hash = await linkOf(this.#editor.program);
    history.replaceState(null, "", `#${hash}`);
    try {
      await navigator.clipboard.writeText(location.href);
      this.#state.textContent = "The link is copied; it holds the program.";
    } catch {
      this.#state.textContent = "The address of this page holds the program now.";
    }
  }
}

if (isEmbedded()) document.body.classList.add("embed");
new LessonPage();
