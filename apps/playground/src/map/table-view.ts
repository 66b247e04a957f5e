/** The flat view as a table, which fits a phone and can be read out. */
import { h } from "../page/dom.js";
import { countText, heatLevel } from "./heat.js";
import type { MapFrame, RegionHeat } from "./protocol.js";

/** A row and what is counted in it. */
interface Row {
  readonly region: number | null;
  readonly counts: HTMLElement;
  readonly bar: HTMLElement;
}

/** Shows frames one after the other. */
export class TableView {
  readonly element: HTMLElement;
  readonly #body = h("tbody");
  readonly #onExplain: (address: string) => void;
  #rows: Row[] = [];
  #known = new Set<string>();
  #part: string | null = null;

  /** @param onExplain called with the address of what was chosen */
  constructor(onExplain: (address: string) => void) {
    this.#onExplain = onExplain;
    const head = h(
      "tr",
      {},
      h("th", { scope: "col" }, "Addresses"),
      h("th", { scope: "col" }, "What answers"),
      h("th", { scope: "col", class: "wide" }, "Size"),
      h("th", { scope: "col" }, "Reads / writes / fetches"),
    );
    this.element = h(
      "div",
      { class: "table", role: "group", "aria-label": "Flat view as a table", tabindex: "0" },
      h("table", {}, h("thead", {}, head), this.#body),
    );
  }

  draw(frame: MapFrame): void {
    const part = `${frame.space} ${frame.part}`;
    const isSamePart = this.#part === part;
    this.#part = part;
    const known = this.#known;
    this.#known = new Set(frame.flat.map((range) => `${range.start} ${range.key}`));
    this.#rows = [];
    this.#body.replaceChildren(
      ...frame.flat.map((range) => {
        const counts = h("span", { class: "counts" });
        const bar = h("span", { class: "bar", hidden: true });
        this.#rows.push({ region: range.region, counts, bar });
        const isNew = isSamePart && !known.has(`${range.start} ${range.key}`);
        return h(
          "tr",
          { class: isNew ? `new ${range.kind}` : range.kind },
          h(
            "td",
            { class: "addresses" },
            h("span", {}, range.start),
            h("span", { class: "dash" }, " – "),
            h("span", {}, range.last),
          ),
          h(
            "td",
            {},
            h(
              "button",
              {
                type: "button",
                class: "link",
                "aria-label": `Explain ${range.start}: ${range.name}`,
                onclick: () => this.#onExplain(range.start),
              },
              range.name,
            ),
          ),
          h("td", { class: "wide" }, range.size),
          h("td", { class: "count" }, counts, bar),
        );
      }),
    );
  }

  warm(counts: readonly RegionHeat[]): void {
    const byRegion = new Map(counts.map((count) => [count.region, count]));
    for (const row of this.#rows) {
      const count = row.region === null ? undefined : byRegion.get(row.region);
      const text =
        count === undefined
          ? ""
          : [count.reads, count.writes, count.fetches].map(countText).join(" / ");
      if (row.counts.textContent !== text) row.counts.textContent = text;
      const level = heatLevel(count?.recent ?? 0);
      row.bar.hidden = level === 0;
      row.bar.style.setProperty("--level", level.toFixed(2));
    }
  }
}
