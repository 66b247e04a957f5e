/** Colours for `info mtree`: what is RAM, what is ROM, what is a device. */
import type { Style, Tone } from "../../text/style.js";

const LINE = /^(.*\(prio -?\d+, (?:nv-)?)(ramd|romd|rom|ram|i\/o)(\): )(.*?)( \[disabled\].*)?$/;

const TONES: Readonly<Record<string, Tone>> = {
  ram: "ram",
  ramd: "ram",
  rom: "rom",
  romd: "rom",
  "i/o": "io",
};

/** The lines of `text`, painted. */
export function colouredMtree(text: string, style: Style): string {
  return text
    .split("\n")
    .map((line) => {
      const [, before, kind = "", middle = "", name = "", disabled = ""] = LINE.exec(line) ?? [];
      if (before === undefined) {
        return line.startsWith(" ") ? line : style("heading", line);
      }
      const tone = TONES[kind] ?? "io";
      const shown = disabled === "" ? style(tone, name) : style("faint", name + disabled);
      return before + style(tone, kind) + middle + shown;
    })
    .join("\n");
}
