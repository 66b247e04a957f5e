/**
 * The form of QEMU's configuration files: sections such as `[drive "disk0"]` with lines
 * `key = "value"`. A `#` begins a comment at the beginning of a line.
 */

import { MemError } from "@mem/qom";

/** A section. */
export interface ConfigSection {
  readonly group: string;
  /** The name in quotes behind the group, `null` without one. */
  readonly id: string | null;
  readonly values: ReadonlyMap<string, string>;
  /** The line it begins in, from 1; 0 for one that comes from no file. */
  readonly line: number;
}

/** Problem in a configuration file, and its line. Rule `config-syntax`. */
export class ConfigSyntaxError extends MemError {
  static override readonly name: string = "ConfigSyntaxError";
  readonly line: number;

  constructor(message: string, line: number) {
    super(message, { rule: "config-syntax" });
    this.line = line;
  }
}

const SECTION = /^\[\s*([\w-]+)(?:\s+"([^"]*)")?\s*\]$/;
const SETTING = /^([\w.-]+)\s*=\s*"([^"]*)"$/;

/** The sections of `text`, in order. @throws ConfigSyntaxError for the first line that is none */
export function parseConfig(text: string): readonly ConfigSection[] {
  const sections: (ConfigSection & { values: Map<string, string> })[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, group, id = null] = SECTION.exec(trimmed) ?? [];
    if (group !== undefined) {
      sections.push({ group, id, values: new Map(), line });
      continue;
    }
    const [, key, value = ""] = SETTING.exec(trimmed) ?? [];
    if (key === undefined) {
      throw new ConfigSyntaxError('neither [section] nor key = "value"', line);
    }
    const section = sections.at(-1);
    if (section === undefined) throw new ConfigSyntaxError("a setting before any section", line);
    if (section.values.has(key)) throw new ConfigSyntaxError(`${key} is set twice`, line);
    section.values.set(key, value);
  }
  return sections;
}
