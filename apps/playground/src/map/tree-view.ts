/** The regions as a tree of text, as `info mtree` has them. */
import { h } from "../page/dom.js";
import type { BoxView, MapFrame } from "./protocol.js";
import { moveFocus } from "./roving.js";

/** Shows frames one after the other. */
export class TreeView {
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "tree", "aria-label": "Regions, parents before children" });
  readonly #onExplain: (address: string) => void;

  /** @param onExplain called with the address of what was chosen */
  constructor(onExplain: (address: string) => void) {
    this.#onExplain = onExplain;
    this.element = h("div", { class: "tree-view" }, this.#list);
    this.#list.addEventListener("keydown", (event) => moveFocus(event, this.#list));
  }

  draw(frame: MapFrame): void {
    this.#list.replaceChildren(...frame.boxes.map((box) => this.#item(box)));
    const first = this.#list.querySelector("button");
    if (first !== null) first.tabIndex = 0;
  }

  warm(): void {
    // Counts are told where addresses are: in the table and the picture.
  }

  #item(box: BoxView): HTMLLIElement {
    const { name, description, depth, isMain, isSeen, kind, start, last, priority } = box;
    return h(
      "li",
      { style: `--depth: ${depth}`, class: isSeen ? kind : `${kind} unseen` },
      h(
        "button",
        {
          type: "button",
          class: "link",
          tabindex: "-1",
          title: description,
          "aria-label": `Level ${depth + 1}: ${description}`,
          disabled: !isMain,
          onclick: () => this.#onExplain(start),
        },
        name,
      ),
      h(
        "span",
        { class: "span" },
        ` ${start} – ${last}${priority === 0 ? "" : `, priority ${priority}`}`,
      ),
    );
  }
}
