#!/usr/bin/env node
/**
 * Runs a script of the project: `node tools/run.mjs NAME [ARGS]`. Every script of the root
 * package.json is this, so that `npm run NAME -- ARGS` and `pnpm NAME ARGS` do the same, also in
 * a fresh clone: what is missing is installed first.
 */
import { isSupported, oldestNode } from "./bootstrap/node-version.mjs";

if (!isSupported(process.versions.node)) {
  console.error(`mem: needs Node ${oldestNode.join(".")} or later, this is ${process.version}`);
  process.exit(1);
}

const [name = "", ...rest] = process.argv.slice(2);
const { scripts } = await import("./scripts/index.mjs");
const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
if (script === undefined) {
  const { nearest } = await import("./scripts/nearest.mjs");
  const meant = nearest(name, Object.keys(scripts));
  const hint = meant === undefined ? "" : `did you mean: npm run ${meant}? `;
  const what = name === "" ? "no script is named" : `no script "${name}"`;
  console.error(`mem: ${what}; ${hint}\`npm run\` lists them all`);
  process.exit(1);
}
const { argumentsOf } = await import("./scripts/arguments.mjs");
const code = await script(argumentsOf(rest, process.env));
if (code !== undefined) process.exitCode = code;
