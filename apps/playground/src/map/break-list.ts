/** Ranges at which the machine stops. */
import { announce, h } from "../page/dom.js";
import { addressText } from "./explain-panel.js";
import type { BreakOn, BreakView, MapCommand } from "./protocol.js";

const KINDS: readonly (readonly [BreakOn, string])[] = [
  ["write", "written"],
  ["read", "read"],
  ["fetch", "executed"],
  ["any", "accessed"],
];

/** Sets breaks, lists and takes them back. */
export class BreakList {
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "breaks" });
  readonly #hit = h("p", { class: "hit", role: "status" });
  readonly #start = field("break-start", "0xb8000");
  readonly #last = field("break-last", "0xb8fff");
  readonly #on = h(
    "select",
    { "aria-label": "kind of access" },
    ...KINDS.map(([value, text]) => h("option", { value }, text)),
  );
  readonly #send: (command: MapCommand) => void;

  /** @param space the address space that is shown */
  constructor(send: (command: MapCommand) => void, space: () => string | null) {
    this.#send = send;
    const form = h(
      "form",
      {
        onsubmit: (event: Event) => {
          event.preventDefault();
          const name = space();
          if (name === null) return;
          const [start, last] = [this.#start, this.#last].map(({ value }) => addressText(value));
          const on = KINDS.find(([kind]) => kind === this.#on.value)?.[0] ?? "any";
          send({ type: "map/break", space: name, start: start ?? "", last: last ?? "", on });
        },
      },
      h("label", {}, "Stop when ", this.#start),
      h("label", {}, " to ", this.#last),
      " is ",
      this.#on,
      h("button", { type: "submit" }, "Set"),
    );
    this.element = h(
      "details",
      { class: "stops" },
      h("summary", {}, "Break on a range"),
      form,
      this.#hit,
      this.#list,
    );
  }

  show(breaks: readonly BreakView[]): void {
    this.#list.replaceChildren(
      ...breaks.map(({ id, space, start, last, on }) => {
        const word = KINDS.find(([kind]) => kind === on)?.[1] ?? on;
        const text = `${start} – ${last} ${word} in ${space}`;
        return h(
          "li",
          {},
          text,
          " ",
          h(
            "button",
            {
              type: "button",
              "aria-label": `Remove: ${text}`,
              onclick: () => this.#send({ type: "map/unbreak", id }),
            },
            "Remove",
          ),
        );
      }),
    );
  }

  hit(id: number, text: string): void {
    this.#hit.textContent = `Break ${id}: ${text}`;
    announce(`Stopped: ${text}`);
  }

  /** Another machine has none. */
  renew(): void {
    this.#list.replaceChildren();
    this.#hit.textContent = "";
  }
}

function field(id: string, value: string): HTMLInputElement {
  return h("input", { id, value, size: "12", spellcheck: "false", autocomplete: "off" });
}
