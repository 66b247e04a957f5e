import { run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { tools } from "./tools.mjs";

/** `build`: JavaScript of every package by rollup and esbuild, then declarations by one pass of tsc. */
export async function build(args) {
  if (args.length > 0) {
    console.error(`mem: build takes no arguments, not '${args.join(" ")}'`);
    return 1;
  }
  await ensureInstalled();
  const code = await run(...tool(...tools.build));
  return code === 0 ? run(...tool(...tools.typecheck)) : code;
}
