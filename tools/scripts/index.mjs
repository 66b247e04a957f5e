import { tool, run } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { addresses } from "./addresses.mjs";
import { bench } from "./bench.mjs";
import { build } from "./build.mjs";
import { check } from "./check.mjs";
import { clean } from "./clean.mjs";
import { coverage } from "./coverage.mjs";
import { diffQemu } from "./diff-qemu.mjs";
import { docs } from "./docs.mjs";
import { example } from "./example.mjs";
import { fuzz } from "./fuzz.mjs";
import { mutation } from "./mutation.mjs";
import { create } from "./new.mjs";
import { pack } from "./pack.mjs";
import { pictures } from "./pictures.mjs";
import { playground } from "./playground.mjs";
import { postinstall } from "./postinstall.mjs";
import { property } from "./property.mjs";
import { release } from "./release.mjs";
import { start, startConformance } from "./start.mjs";
import { test, testAll, testShipped, unitTests, watch } from "./test.mjs";
import { tools } from "./tools.mjs";
import { versionPackages } from "./version-packages.mjs";

/** A script that runs one installed tool on this terminal. */
const command =
  ([script, ...fixed], purpose) =>
  async (args) => {
    await ensureInstalled(purpose);
    return run(...tool(script, ...fixed, ...args));
  };

/** Every script of the root package.json by name: takes its arguments, answers its exit code. */
export const scripts = {
  postinstall,
  start,
  test,
  build,
  lint: command(tools.lint),
  format: command(tools.format),
  "format:check": command(tools.formatCheck),
  typecheck: command(tools.typecheck),
  layers: command(tools.layers),
  conformance: startConformance,
  bench,
  docs,
  example,
  changeset: command(tools.changeset, "shipped"),
  new: create,
  pictures,
  playground,
  "version-packages": versionPackages,
  addresses,
  pack,
  release,
  "test:unit": unitTests,
  "test:shipped": testShipped,
  "test:watch": watch,
  "test:nodes": (args) => testShipped(["--project", "tools", "nodes.shipped", ...args]),
  check,
  ci: testAll,
  property,
  coverage,
  mutation,
  "diff:qemu": diffQemu,
  fuzz,
  clean,
};
