import { pathToFileURL } from "node:url";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { ensureProgram, hasProgram } from "../bootstrap/program.mjs";
import { glance } from "./glance.mjs";
import { userFolder } from "./user-folder.mjs";

const PC = "@mem/pc-machine";

/**
 * `start`: the PC, in this process, so that terminal, signals and exit code are its own. Where it
 * was never bundled, version and help are told without it.
 */
export async function start(args) {
  const text = hasProgram(PC) ? undefined : glance(args);
  if (text === undefined) return runProgram(PC, args, userFolder("start"));
  // Whoever reads the first lines only has what was wanted.
  process.stdout.on("error", () => {});
  process.stdout.write(text);
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
