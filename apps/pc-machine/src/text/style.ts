/** Colours of a terminal, by what they tell. */

/** Meaning of a piece of text, from which its colour follows. */
export type Tone =
  | "error"
  | "prompt"
  | "heading"
  | "name"
  | "faint"
  /** Kinds of memory, in `info mtree`. */
  | "ram"
  | "rom"
  | "io";

/** Paints text, or leaves it as it is. */
export type Style = (tone: Tone, text: string) => string;

/** For pipes, files, and terminals without colours. */
export const plainStyle: Style = (_tone, text) => text;

/** Select Graphic Rendition, as every terminal with colours has it (ECMA-48). */
const CODES: Readonly<Record<Tone, string>> = {
  error: "31",
  prompt: "1;36",
  heading: "1",
  name: "36",
  faint: "2",
  ram: "32",
  rom: "33",
  io: "36",
};

/** For terminals with colours. */
export const colourStyle: Style = (tone, text) =>
  text === "" ? "" : `\x1b[${CODES[tone]}m${text}\x1b[0m`;

/** A stream that may be a terminal: Node's streams of terminals tell whether it has colours. */
export interface MaybeColoured {
  /** Absent on what is no terminal. Looks at `NO_COLOR`, `FORCE_COLOR` and `TERM` by itself. */
  hasColors?(): boolean;
}

/** The style for `stream`; `NO_COLOR` set to anything but nothing means none (no-color.org). */
export function styleFor(
  stream: MaybeColoured,
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const refused = (environment["NO_COLOR"] ?? "") !== "";
  return !refused && stream.hasColors?.() === true ? colourStyle : plainStyle;
}
