/** The editor of a lesson. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const setTrouble = StateEffect.define<number | null>();

/** The line that something is wrong with. */
const troubleLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, changes, state }) {
    let next = marks.map(changes);
    for (const effect of effects) {
      if (!effect.is(setTrouble)) continue;
      const line = effect.value;
      next =
        line === null || line < 1 || line > state.doc.lines
          ? Decoration.none
          : Decoration.set([
              Decoration.line({ class: "trouble-line" }).range(state.doc.line(line).from),
            ]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: tags.number, class: "tok-number" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.propertyName, class: "tok-property" },
]);

/** A program that is typed. Tab leaves the editor, as it leaves any other field. */
export class Editor {
  readonly #view: EditorView;

  /** @param changed called after each change that was typed or set */
  constructor(host: HTMLElement, changed: (program: string) => void) {
    this.#view = new EditorView({
      parent: host,
      state: EditorState.create({
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          syntaxHighlighting(colours),
          javascript({ typescript: true }),
          troubleLine,
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "Program", spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(this.program);
          }),
        ],
      }),
    });
  }

  get program(): string {
    return this.#view.state.doc.toString();
  }

  set program(text: string) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  /** Mark a line, counted from 1; `null` marks none. */
  markTrouble(line: number | null): void {
    this.#view.dispatch({ effects: setTrouble.of(line) });
  }
}
