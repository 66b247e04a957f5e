import { pathToFileURL } from "node:url";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { ensureProgram } from "../bootstrap/program.mjs";

/** `start`: the PC, in this process, so that terminal, signals and exit code are its own. */
export function start(args) {
  const { INIT_CWD, npm_lifecycle_event } = process.env;
  // npm changes to the project's folder; file names among the arguments are meant from where
  // the user stands.
  const cwd = npm_lifecycle_event === "start" && INIT_CWD ? INIT_CWD : process.cwd();
  return runProgram("@mem/pc-machine", args, cwd);
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
