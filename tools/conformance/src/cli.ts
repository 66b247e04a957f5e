#!/usr/bin/env node
import { runCommand } from "./command.js";

// A package manager runs its scripts in the project's folder, and says where it was called from.
// Programs started by such a script inherit that, so it counts for this script only.
const { INIT_CWD, npm_lifecycle_event } = process.env;
const calledFrom = npm_lifecycle_event === "conformance" && INIT_CWD ? [INIT_CWD] : [];

process.exitCode = await runCommand(process.argv.slice(2), {
  folders: [...calledFrom, process.cwd()],
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
