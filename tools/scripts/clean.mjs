import { rmSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/** `clean`: removes all that was built, and the caches; with `--all` the dependencies too. */
export function clean(args) {
  const folders = workspacePackages().map(({ folder }) => folder);
  const built = [".cache", ".turbo", ...folders.flatMap((f) => [`${f}/dist`, `${f}/.turbo`])];
  const installed = [...folders.map((f) => `${f}/node_modules`), "node_modules", ".tools"];
  for (const path of args.includes("--all") ? [...built, ...installed] : built) {
    rmSync(inRoot(path), { recursive: true, force: true });
  }
  return 0;
}
