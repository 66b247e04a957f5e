/** Prints every import and dependency that points where it must not; fails when there is one. */
import { root } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { checkPackage } from "./check-package.mjs";

const packages = workspacePackages(root);
const violations = packages.flatMap((entry) => checkPackage(root, entry));
for (const violation of violations) console.error(violation);
console.log(`layers: ${packages.length} packages, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
