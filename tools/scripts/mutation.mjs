import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { allSources, resultsFile, strykerOptions } from "../mutation/options.mjs";
import { writeSample } from "../mutation/sample.mjs";
import { score, scoreTable, survivors } from "../mutation/score.mjs";

/** Recordings of each family that judge a mutant. */
const RECORDINGS = 15;

const help = `mutation [--survivors] [--report FILE] [SOURCE...]
Changes core and flat in thousands of small ways, and sees whether a test fails.
  SOURCE           only these sources, paths or patterns from the root of the project
  --survivors      list the changes that no test noticed
  --report FILE    read an earlier report instead (.cache/mutation/results.json)`;

/**
 * `mutation`: Stryker on core and flat. It takes hours; what was judged before and has not changed
 * since is not judged again.
 */
export async function mutation(args) {
  const parsed = readArguments(args);
  if (typeof parsed === "string") {
    console.log(parsed);
    return parsed === help ? 0 : 1;
  }
  await ensureInstalled("mutation");
  const code = parsed.report === undefined ? await judge(parsed.sources) : 0;
  const file = parsed.report ?? resultsFile;
  if (code !== 0 || !existsSync(file)) return code || 1;
  const report = JSON.parse(readFileSync(file, "utf8"));
  console.log(["", ...scoreTable(score(report))].join("\n"));
  for (const { place, from, to } of parsed.survivors ? survivors(report) : []) {
    console.log(`${place}\n    ${from}\n    ${to}`);
  }
  return 0;
}

/** What was asked for, or the text to answer with. */
export function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        survivors: { type: "boolean", default: false },
        report: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return help;
    const sources = positionals.length > 0 ? positionals : allSources;
    return { sources, survivors: values.survivors, report: values.report };
  } catch (error) {
    return `mem: ${error.message.split("\n")[0]}`;
  }
}

async function judge(sources) {
  const folder = inRoot(".cache/mutation");
  mkdirSync(folder, { recursive: true });
  const sample = `${folder}/recordings.jsonl`;
  writeSample(inRoot("tools/conformance/corpus"), RECORDINGS, sample);
  const options = `${folder}/stryker.config.json`;
  writeFileSync(options, JSON.stringify(strykerOptions(sources), null, 2));
  const env = { MEM_MUTATION_SAMPLE: sample, MEM_PROPERTY_CASES: "4" };
  return run(...tool("@stryker-mutator/core/bin/stryker.js", "run", options), { env, cwd: root });
}
