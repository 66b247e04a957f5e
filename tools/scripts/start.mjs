import { pathToFileURL } from "node:url";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { ensureProgram } from "../bootstrap/program.mjs";
import { userFolder } from "./user-folder.mjs";

/** `start`: the PC, in this process, so that terminal, signals and exit code are its own. */
export function start(args) {
  return runProgram("@mem/pc-machine", args, userFolder("start"));
}

/** `conformance`: the recorded behaviour, replayed. */
export function startConformance(args) {
  return runProgram("@mem/conformance", args, process.cwd());
}

async function runProgram(name, args, cwd) {
  await ensureInstalled("run");
  const program = await ensureProgram(name);
  process.argv = [process.execPath, program, ...args];
  process.chdir(cwd);
  await import(pathToFileURL(program).href);
}
