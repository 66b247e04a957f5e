import { existsSync, readFileSync } from "node:fs";
import { runQuietly } from "./child.mjs";
import { exclusively } from "./exclusive.mjs";
import { hashContents, isStamped, stamp } from "./fingerprint.mjs";
import { inRoot } from "./paths.mjs";
import { say } from "./say.mjs";
import { workspacePackages } from "./workspace.mjs";

const stampFile = inRoot("node_modules/.mem-installed");
const pnpmFolder = inRoot(".tools/pnpm");

/** Installs the dependencies unless those that are there fit the lock file. */
export function ensureInstalled() {
  if (isStamped(stampFile, wanted())) return;
  exclusively(() => {
    if (isStamped(stampFile, wanted())) return;
    const pnpm = ensurePnpm();
    say("installing dependencies");
    if (runQuietly(process.execPath, [pnpm, ...installArguments()]) !== 0) {
      fail("installing dependencies failed");
    }
    stamp(stampFile, wanted());
  });
}

function installArguments() {
  return [
    "install",
    "--reporter=append-only",
    // The tools are development dependencies, also where NODE_ENV says production.
    "--prod=false",
    // There is nobody to ask.
    "--config.confirmModulesPurge=false",
    ...(process.env.CI ? ["--frozen-lockfile"] : []),
  ];
}

/** What the installed dependencies depend on: the lock, the manifests, and the kind of machine. */
function wanted() {
  const manifests = workspacePackages().map(({ folder }) => inRoot(folder, "package.json"));
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"].map((f) => inRoot(f));
  return hashContents([...files, ...manifests], process.platform, process.arch);
}

/** The pnpm that `packageManager` pins, installed inside the project; answers its script. */
function ensurePnpm() {
  const { packageManager } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const version = packageManager.replace(/^pnpm@/, "").replace(/\+.*$/, "");
  const script = inRoot(".tools/pnpm/node_modules/pnpm/bin/pnpm.cjs");
  if (existsSync(script) && installedVersion() === version) return script;
  say(`installing pnpm ${version} into .tools/`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = ["--prefix", pnpmFolder, "--no-save", "--no-audit", "--no-fund"];
  const args = ["install", ...options, "--loglevel=error", `pnpm@${version}`];
  if (runQuietly(npm, args) !== 0) fail("installing pnpm failed");
  return script;
}

function installedVersion() {
  const manifest = inRoot(".tools/pnpm/node_modules/pnpm/package.json");
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

function fail(text) {
  say(text);
  process.exit(1);
}
