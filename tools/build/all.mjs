/** Builds the JavaScript of every package of the workspace. */
import { buildPackages } from "./packages.mjs";

const packages = await buildPackages();
console.log(`build: ${packages.length} packages`);
