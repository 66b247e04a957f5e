/** Between options and the sections of a configuration file. */
import { didYouMean } from "../../text/nearest.js";
import { CliError } from "../cli-error.js";
import { splitList } from "../key-values.js";
import { optionGroups, type OptionDefinition } from "../options/index.js";
import type { ConfigSection } from "../../text/ini.js";

/** An option with its argument, as it stands on a command line. */
export interface OptionWords {
  readonly option: OptionDefinition;
  readonly value: string;
}

/** The section for an option that was given, `null` for one that has no place in a file. */
export function sectionOf({ option, value }: OptionWords): ConfigSection | null {
  const { config } = option;
  if (config === undefined) return null;
  const values = new Map(Object.entries(config.fixed ?? {}));
  const { implied } = config;
  if (config.whole === true && implied !== undefined) {
    values.set(implied, value);
  } else {
    for (const [index, part] of splitList(config.list?.(value) ?? value).entries()) {
      const equals = part.indexOf("=");
      const key = equals > 0 ? part.slice(0, equals) : index === 0 ? implied : undefined;
      if (key !== undefined) values.set(key, equals > 0 ? part.slice(equals + 1) : part);
    }
  }
  const id = values.get("id") ?? null;
  values.delete("id");
  return { group: config.group, id, values, line: 0 };
}

/** Options that set one and the same thing give one section, the later value each time. */
export function mergeSections(sections: readonly ConfigSection[]): readonly ConfigSection[] {
  const merged: ConfigSection[] = [];
  const single = new Map<string, number>();
  for (const section of sections) {
    const { group } = section;
    const at = optionOfGroup(group)?.config?.repeats === true ? undefined : single.get(group);
    const earlier = at === undefined ? undefined : merged[at];
    if (at === undefined || earlier === undefined) {
      single.set(group, merged.length);
      merged.push(section);
    } else {
      merged[at] = { ...earlier, values: new Map([...earlier.values, ...section.values]) };
    }
  }
  return merged;
}

/** The option and the argument that say what `section` says. @throws CliError for an unknown group */
export function wordsOf(section: ConfigSection): OptionWords {
  const { group, id, values } = section;
  const option = optionOfGroup(group);
  if (option === undefined) {
    const groups = allOptions().flatMap(({ config }) => config?.group ?? []);
    throw new CliError(`there is no section [${group}]${didYouMean(group, groups)}`);
  }
  const parts = [...(id === null ? [] : [["id", id] as const]), ...values];
  // A first part that is a value alone comes first, where the option's argument has it.
  const implied = option.config?.implied;
  parts.sort(([one], [other]) => Number(other === implied) - Number(one === implied));
  return {
    option,
    value: parts.map(([key, value]) => `${key}=${value.replaceAll(",", ",,")}`).join(","),
  };
}

/** The option whose argument holds all keys of a group: not a shorthand, such as -hda. */
function optionOfGroup(group: string): OptionDefinition | undefined {
  return allOptions().find(({ config }) => config?.group === group && config.whole !== true);
}

function allOptions(): readonly OptionDefinition[] {
  return optionGroups.flatMap(({ options }) => options);
}
