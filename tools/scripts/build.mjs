import { run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { tools } from "./tools.mjs";

/** `build`: JavaScript by rollup through turbo's cache, then declarations by one pass of tsc. */
export async function build(args) {
  ensureInstalled();
  const [turbo, ...fixed] = tools.turboBuild;
  const code = await run(...tool(turbo, ...fixed, ...args));
  return code === 0 ? run(...tool(...tools.typecheck)) : code;
}
