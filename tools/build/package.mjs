/** Builds the package whose folder this process is in. */
import { realpathSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { buildPackages } from "./packages.mjs";

const here = realpathSync(process.cwd());
await buildPackages(
  workspacePackages().filter(({ folder }) => realpathSync(inRoot(folder)) === here),
);
