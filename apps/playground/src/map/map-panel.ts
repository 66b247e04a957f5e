/** The live map: picture, table or tree of an address space, and what can be asked of it. */
import { announce, h } from "../page/dom.js";
import { BreakList } from "./break-list.js";
import { ExplainPanel } from "./explain-panel.js";
import { PictureView } from "./picture-view.js";
import type { MapChange, MapCommand, MapReport, MapWindow } from "./protocol.js";
import { TableView } from "./table-view.js";
import { TreeView } from "./tree-view.js";

/** Ways to look at a map. */
type ViewName = "picture" | "table" | "tree";

const VIEW_NAMES: readonly (readonly [ViewName, string])[] = [
  ["picture", "Picture"],
  ["table", "Table"],
  ["tree", "Tree"],
];
const NARROW = 640;
const MOST_CHANGES_SHOWN = 30;
/** Parts so near to the screen are drawn, for whoever scrolls there not to find them empty. */
const NEAR = "30%";
/** Both edges of the picture's frame and its scroll bar, in pixels. */
const EDGES = 18;

/** Options of a map panel. */
export interface MapPanelOptions {
  /** Parts of the map to offer beside all of it, by name. */
  readonly windows?: readonly (readonly [name: string, window: MapWindow])[];
  /** True if accesses are counted from the beginning. Default true. */
  readonly heat?: boolean;
  /** Milliseconds that a machine which starts is not held up for by having its accesses counted. Default 0. */
  readonly heatAfterMs?: number;
  /** The address that is offered to be explained. Default `0x0`. */
  readonly address?: string;
  /** True if the machine runs, so that breaks can stop it. Default true. */
  readonly hasBreaks?: boolean;
  /** True if it begins with the picture where there is little room, too. Default false: with the table. */
  readonly isPicture?: boolean;
}

/** Shows the map of one machine. */
export class MapPanel {
  readonly element: HTMLElement;
  readonly #send: (command: MapCommand) => void;
  readonly #spaces = h("select", { id: "map-space" });
  readonly #windows = h("select", { id: "map-window" });
  readonly #heat: HTMLInputElement;
  readonly #hidden: HTMLInputElement;
  readonly #stage = h("div", { class: "stage" });
  readonly #changes = h("ol", {
    class: "changes",
    tabindex: "0",
    "aria-label": "Changes, last first",
  });
  readonly #trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  readonly #explain: ExplainPanel;
  readonly #breaks: BreakList;
  readonly #views: {
    readonly picture: PictureView;
    readonly table: TableView;
    readonly tree: TreeView;
  };
  readonly #options: MapPanelOptions;
  #view: ViewName;
  #space: string | null = null;
  #isVisible = false;
  #isHeatDue: boolean;
  #isPageVisible = !document.hidden;
  /** Pixels between the edges of the picture's frame. */
  #room = 0;
  #frame: Extract<MapReport, { type: "map/frame" }>["frame"] | null = null;

  /** @param send hands a command to the worker of the machine */
  constructor(send: (command: MapCommand) => void, options: MapPanelOptions = {}) {
    this.#send = send;
    this.#options = options;
    const explain = (address: string): void => this.explain(address);
    this.#views = {
      picture: new PictureView(explain),
      table: new TableView(explain),
      tree: new TreeView(explain),
    };
    this.#view = innerWidth < NARROW && options.isPicture !== true ? "table" : "picture";
    this.#explain = new ExplainPanel((address) => this.explain(address), options.address ?? "0x0");
    this.#breaks = new BreakList(
      (command) => this.#send(command),
      () => this.#space,
    );
    this.#heat = h("input", { type: "checkbox", id: "map-heat", checked: options.heat ?? true });
    this.#hidden = h("input", { type: "checkbox", id: "map-hidden", checked: true });
    this.element = h(
      "section",
      { class: "map", "aria-label": "Memory map" },
      h("h2", {}, "Memory map"),
      this.#controls(),
      this.#trouble,
      this.#stage,
      this.#explain.element,
      ...((options.hasBreaks ?? true) ? [this.#breaks.element] : []),
      h("details", { class: "log" }, h("summary", {}, "Changes of the map"), this.#changes),
    );
    this.#stage.append(this.#views[this.#view].element);
    const { heatAfterMs = 0 } = options;
    this.#isHeatDue = heatAfterMs === 0;
    if (!this.#isHeatDue) setTimeout(() => this.#beginHeat(), heatAfterMs);
    this.#watchRoom();
    this.#watchVisibility();
  }

  /** Ask why an address lands where it does. */
  explain(address: string): void {
    if (this.#space !== null) this.#send({ type: "map/explain", space: this.#space, address });
  }

  /** Another machine is there: what was asked of the last one is over. */
  renew(): void {
    this.#space = null;
    this.#frame = null;
    this.#changes.replaceChildren();
    this.#breaks.renew();
    this.#explain.close();
    this.#ask();
  }

  /** Takes a report of the worker. */
  take(report: MapReport): void {
    this.#trouble.hidden = report.type !== "map/trouble";
    switch (report.type) {
      case "map/spaces":
        this.#space = report.shown;
        this.#spaces.replaceChildren(
          ...report.names.map((name) => h("option", { selected: name === report.shown }, name)),
        );
        break;
      case "map/frame":
        this.#frame = report.frame;
        this.#views[this.#view].draw(report.frame);
        break;
      case "map/changes":
        this.#tellChanges(report.changes);
        break;
      case "map/heat":
        this.#views[this.#view].warm(report.counts);
        break;
      case "map/explanation":
        this.#explain.show(report.explanation);
        break;
      case "map/breaks":
        this.#breaks.show(report.breaks);
        break;
      case "map/broke":
        this.#breaks.hit(report.id, report.text);
        break;
      case "map/trouble":
        this.#trouble.textContent = report.message;
        break;
    }
  }

  #controls(): HTMLElement {
    this.#windows.append(
      h("option", { value: "" }, "everything"),
      ...(this.#options.windows ?? []).map(([name, { start, last }]) =>
        h("option", { value: `${start} ${last}` }, name),
      ),
    );
    for (const select of [this.#spaces, this.#windows]) {
      select.addEventListener("change", () => this.#ask());
    }
    for (const box of [this.#heat, this.#hidden]) {
      box.addEventListener("change", () => this.#ask());
    }
    this.#spaces.addEventListener("change", () => {
      this.#windows.value = "";
      this.#space = this.#spaces.value;
      this.#ask();
    });
    const views = VIEW_NAMES.map(([name, label]) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          name: "map-view",
          value: name,
          checked: name === this.#view,
          onchange: () => this.#choose(name),
        }),
        label,
      ),
    );
    return h(
      "div",
      { class: "controls" },
      h("label", {}, "Address space ", this.#spaces),
      ...(this.#options.windows === undefined ? [] : [h("label", {}, "Part ", this.#windows)]),
      h("fieldset", { class: "views" }, h("legend", {}, "Shown as"), ...views),
      h(
        "label",
        { title: "Show by bars how often each region is accessed" },
        this.#heat,
        "count accesses",
      ),
      h(
        "label",
        { title: "Draw regions, too, of which nothing is seen" },
        this.#hidden,
        "hidden regions",
      ),
    );
  }

  #choose(view: ViewName): void {
    this.#view = view;
    this.#stage.replaceChildren(this.#views[view].element);
    if (this.#frame !== null) this.#views[view].draw(this.#frame);
  }

  /** Tell the worker what is looked at. */
  #ask(): void {
    if (!this.#isVisible || !this.#isPageVisible) {
      this.#send({ type: "map/hide" });
      return;
    }
    const [start, last] = this.#windows.value.split(" ");
    this.#send({
      type: "map/show",
      space: this.#space,
      window: start && last ? { start, last } : null,
      maxWidth: this.#room > 0 ? PictureView.widthFor(this.#room) : null,
      hidden: this.#hidden.checked,
      heat: this.#heat.checked && this.#isHeatDue,
    });
  }

  #beginHeat(): void {
    this.#isHeatDue = true;
    if (this.#isVisible && this.#heat.checked) this.#ask();
  }

  /** The picture takes the room that there is. */
  #watchRoom(): void {
    new ResizeObserver(() => {
      const room = this.#stage.clientWidth - EDGES;
      if (room === this.#room) return;
      this.#room = room;
      this.#views.picture.fit(room);
      if (this.#isVisible) this.#ask();
    }).observe(this.#stage);
  }

  /** Nothing is watched of a map that nobody sees. */
  #watchVisibility(): void {
    new IntersectionObserver(
      (entries) => {
        const isVisible = entries.at(-1)?.isIntersecting ?? false;
        if (isVisible === this.#isVisible) return;
        this.#isVisible = isVisible;
        this.#ask();
      },
      { rootMargin: NEAR },
    ).observe(this.element);
    document.addEventListener("visibilitychange", () => {
      this.#isPageVisible = !document.hidden;
      this.#ask();
    });
  }

  #tellChanges(changes: readonly MapChange[]): void {
    for (const { number, gone, come } of changes) {
      this.#changes.prepend(
        h(
          "li",
          { value: number },
          ...gone.map((text) => h("span", { class: "gone" }, `− ${text}`)),
          ...come.map((text) => h("span", { class: "come" }, `+ ${text}`)),
        ),
      );
    }
    while (this.#changes.children.length > MOST_CHANGES_SHOWN) this.#changes.lastChild?.remove();
    const last = changes.at(-1);
    if (last !== undefined) {
      announce(`The map has changed: ${(last.come.length > 0 ? last.come : last.gone).join(", ")}`);
    }
  }
}
