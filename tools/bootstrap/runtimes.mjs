import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { spawnSync } from "node:child_process";
import { toolEnvironment } from "./child.mjs";
import { exclusively } from "./exclusive.mjs";
import { isStamped, stamp } from "./fingerprint.mjs";
import { npmCommand } from "./npm.mjs";
import { inRoot, root } from "./paths.mjs";
import { say } from "./say.mjs";

/** The runtimes that the packages are tried on beside the Node that runs the tests. */
export const runtimeVersions = {
  "node-20": "20.20.2",
  "node-22": "22.23.3",
  "node-24": "24.21.0",
  "node-26": "26.10.0",
  bun: "1.4.5",
  deno: "2.9.6",
};

/**
 * The program of a runtime, by its name in {@link runtimeVersions}: `{ program }`. It is installed
 * into `.tools/` if it is not there. `{ reason }` says why there is none. No install script runs:
 * what the packages called `node`, `bun` and `deno` fetch or copy by a script lies in packages for
 * one kind of machine each, and is run where it lies.
 */
export async function ensureRuntime(name) {
  const folder = inRoot(".tools", name);
  const wanted = `${packageOf(name)}@${runtimeVersions[name]}`;
  const stampFile = join(folder, "installed");
  const ready = () => isStamped(stampFile, wanted) && programOf(name, folder) !== undefined;
  if (ready()) return { program: programOf(name, folder) };
  return exclusively(
    () => {
      if (ready()) return { program: programOf(name, folder) };
      const trouble = install(wanted, folder);
      if (trouble !== undefined) return { reason: `${wanted} cannot be installed: ${trouble}` };
      stamp(stampFile, wanted);
      const program = programOf(name, folder);
      return program === undefined ? { reason: `${wanted} has no program` } : { program };
    },
    `installs ${wanted}`,
    inRoot(`.cache/lock-${name}`),
  );
}

/** The package that holds the program itself, or brings the one that does. */
function packageOf(name) {
  if (!name.startsWith("node-")) return name;
  const system = platform === "win32" ? "win" : platform;
  return `${platform === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${system}-${arch}`;
}

function programOf(name, folder) {
  const suffix = platform === "win32" ? ".exe" : "";
  const places = {
    bun: ["@oven", `bin/bun${suffix}`],
    deno: ["@deno", `deno${suffix}`],
  };
  const [scope, file] = places[name] ?? ["", `bin/node${suffix}`];
  const packages = join(folder, "node_modules", scope);
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .map((entry) => join(packages, entry, file))
    .find((path) => existsSync(path));
}

/** Answers what went wrong, in one line. */
function install(wanted, folder) {
  say(`installing ${wanted} into .tools/`);
  const options = ["--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  const patience = ["--loglevel=error", "--fetch-retries=1", "--fetch-timeout=120000"];
  const { program, args, shell } = npmCommand(["install", ...options, ...patience, wanted]);
  const { status, stderr, error } = spawnSync(program, args, {
    shell,
    cwd: root,
    env: toolEnvironment(),
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (error !== undefined) return error.message;
  if (status === 0) return undefined;
  return stderr
    .replaceAll(/^npm (error|ERR!) ?/gm, "")
    .trim()
    .split("\n")
    .slice(0, 2)
    .join("; ");
}
