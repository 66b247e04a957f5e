import { existsSync } from "node:fs";
import { runQuietly, tool } from "./child.mjs";
import { exclusively } from "./exclusive.mjs";
import { hashListing, isStamped, stamp } from "./fingerprint.mjs";
import { inRoot } from "./paths.mjs";
import { say } from "./say.mjs";
import { withDependencies } from "./workspace.mjs";

const sharedInputs = ["tools/build", "turbo.json", "pnpm-lock.yaml"];

/** Builds the package called `name` and what it depends on, unless `output` is up to date. */
export function ensureBuilt(name, output) {
  const packages = withDependencies(name);
  const inputs = packages.flatMap(({ folder }) =>
    ["src", "package.json", "rollup.config.js"].map((part) => inRoot(folder, part)),
  );
  const wanted = () => hashListing([...inputs, ...sharedInputs.map((part) => inRoot(part))]);
  const stampFile = inRoot(".cache", `built-${name.replace(/\W/g, "-")}`);
  const isCurrent = () =>
    isStamped(stampFile, wanted()) &&
    existsSync(output) &&
    packages.every(({ folder }) => existsSync(inRoot(folder, "dist/index.js")));
  if (isCurrent()) return;
  exclusively(() => {
    if (isCurrent()) return;
    say(`building ${name}`);
    const value = wanted();
    const options = [`--filter=${name}...`, "--output-logs=errors-only", "--log-order=grouped"];
    const [command, args] = tool("turbo/bin/turbo", "run", "build", ...options);
    if (runQuietly(command, args) !== 0) {
      say(`building ${name} failed`);
      process.exit(1);
    }
    stamp(stampFile, value);
  });
}
