/** The text of a configuration file. */
import type { ConfigSection } from "../../text/ini.js";
import { CliError } from "../cli-error.js";

/** The text of a file. @throws CliError for a value that the form cannot hold */
export function formatConfig(sections: readonly ConfigSection[]): string {
  const blocks = sections.map(({ group, id, values }) => {
    const head = id === null ? `[${group}]` : `[${group} "${quotable(id)}"]`;
    const lines = [...values].map(([key, value]) => `  ${key} = "${quotable(value)}"`);
    return [head, ...lines].join("\n");
  });
  return ["# qemu config file", ...blocks].join("\n\n") + "\n";
}

function quotable(value: string): string {
  if (/["\n\r]/.test(value)) {
    throw new CliError(`a configuration file cannot hold ${JSON.stringify(value)}`);
  }
  return value;
}
