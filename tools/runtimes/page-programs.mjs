import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../bootstrap/paths.mjs";
import { withPage } from "./chromium.mjs";

/**
 * Runs the ES modules `files` of `folder` in a page, one after the other. Resolves to the lines that
 * each writes to the console, or to the error that ended it, by file.
 */
export function printedInChromium(folder, files) {
  copyFileSync(inRoot("tools/runtimes/run-programs.mjs"), join(folder, "run-programs.mjs"));
  return withPage(folder, async (page) => {
    await page.addScriptTag({ url: "/run-programs.mjs", type: "module" });
    return page.evaluate((names) => globalThis.printedBy(names), files);
  });
}
