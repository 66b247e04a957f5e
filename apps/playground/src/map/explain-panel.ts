/** Panel that explains an address. */
import { h } from "../page/dom.js";
import type { ExplanationView } from "./protocol.js";

/** A field for an address, and the answer. */
export class ExplainPanel {
  readonly element: HTMLElement;
  readonly #address = h("input", {
    id: "explain-address",
    size: "14",
    spellcheck: "false",
    autocomplete: "off",
  });
  readonly #answer = h("div", { class: "answer", "aria-live": "polite", hidden: true });

  /**
   * @param ask asks the machine
   * @param address what stands in the field at first
   */
  constructor(ask: (address: string) => void, address: string) {
    this.#address.value = address;
    const form = h(
      "form",
      {
        onsubmit: (event: Event) => {
          event.preventDefault();
          ask(addressText(this.#address.value));
        },
      },
      h("label", {}, "Which chip answers at ", this.#address, " and why?"),
      h("button", { type: "submit" }, "Explain"),
    );
    this.element = h("div", { class: "explain" }, form, this.#answer);
  }

  show({ address, headline, sections }: ExplanationView): void {
    this.#address.value = address;
    this.#answer.hidden = false;
    this.#answer.replaceChildren(
      h(
        "header",
        {},
        h("h3", {}, headline),
        h("button", { type: "button", onclick: () => this.close() }, "Close"),
      ),
      ...sections.map(({ heading, lines }) =>
        h(
          "section",
          { class: heading === "Beneath it" ? "beneath" : "" },
          h("h4", {}, heading),
          ...(lines.length === 0
            ? []
            : [h("pre", { tabindex: "0", "aria-label": heading }, lines.join("\n"))]),
        ),
      ),
    );
    this.#answer.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.#answer.hidden = true;
  }
}

/** An address as it may be typed: hexadecimal with or without `0x`. */
export function addressText(typed: string): string {
  const text = typed.trim().toLowerCase().replaceAll("_", "");
  return /^[0-9a-f]+$/.test(text) ? `0x${text}` : text;
}
