import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { toolEnvironment } from "./child.mjs";
import { exclusively } from "./exclusive.mjs";
import { hashContents, stamp } from "./fingerprint.mjs";
import { installationTrouble, npmCommand } from "./npm.mjs";
import { inRoot, root } from "./paths.mjs";
import { say } from "./say.mjs";
import { workspacePackages } from "./workspace.mjs";

const stampFile = inRoot("node_modules/.mem-installed");
const pnpmFolder = inRoot(".tools/pnpm");

/** What each purpose needs of the workspace: pnpm's selectors. Each but `run`, `examples` and `playground` includes `work`. */
const selections = {
  run: ["@mem/build", "@mem/pc-machine...", "@mem/conformance..."],
  work: [
    "@mem/tools",
    "./packages/*",
    "./apps/pc-machine",
    "./tools/{bench,build,common,conformance,examples,fuzz}",
  ],
  examples: ["@mem/examples"],
  docs: ["@mem/docs", "@mem/playground..."],
  mutation: ["@mem/mutation"],
  playground: ["@mem/playground..."],
  shipped: ["@mem/runtimes", "@mem/publish", "@mem/docs", "@mem/playground..."],
};

/**
 * Installs the dependencies that `purpose` needs, unless those that are there fit the lock file:
 * `run` is to run programs, `work` to test, check and format, the others are seldom wanted.
 */
export async function ensureInstalled(purpose = "work", { anew = false } = {}) {
  if (!anew && isInstalled(purpose)) return;
  await exclusively(async () => {
    if (!anew && isInstalled(purpose)) return;
    const purposes = [...new Set([...installedPurposes(), ...purposesWith(purpose)])];
    const pnpm = await ensurePnpm();
    say(`installing ${purpose === "run" ? "what running needs" : "dependencies"}`);
    // Links that something else took away are made again only if pnpm believes that none are there.
    if (anew) rmSync(inRoot("node_modules/.modules.yaml"), { force: true });
    const { code, output } = await watched(process.execPath, [pnpm, ...installArguments(purposes)]);
    if (code !== 0) fail("dependencies", output);
    stamp(stampFile, [wanted(), ...purposes].join("\n"));
  }, "installs dependencies");
}

const purposesWith = (purpose) => {
  if (purpose === "run") return ["run"];
  return purpose === "examples" || purpose === "playground"
    ? ["run", purpose]
    : ["run", "work", purpose];
};

function isInstalled(purpose) {
  return purposesWith(purpose).every((each) => installedPurposes().includes(each));
}

/** The purposes for which everything is there, if nothing was taken in hand since. */
function installedPurposes() {
  if (!existsSync(stampFile)) return [];
  const [value, ...purposes] = readFileSync(stampFile, "utf8").split("\n");
  return value === wanted() ? purposes : [];
}

function installArguments(purposes) {
  return [
    ...purposes.flatMap((each) => selections[each]).flatMap((each) => ["--filter", each]),
    "install",
    "--reporter=append-only",
    // `npm -s` would silence pnpm too, and with it the progress and what went wrong.
    "--loglevel=info",
    "--ignore-scripts",
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
  const shared = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "tools/package.json"];
  const files = [...shared.map((file) => inRoot(file)), ...manifests];
  return hashContents(files, process.platform, process.arch);
}

/** The pnpm that `packageManager` pins, installed inside the project; answers its script. */
async function ensurePnpm() {
  const { packageManager } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const version = packageManager.replace(/^pnpm@/, "").replace(/\+.*$/, "");
  const script = inRoot(".tools/pnpm/node_modules/pnpm/bin/pnpm.cjs");
  if (existsSync(script) && installedVersion() === version) return script;
  say(`installing pnpm ${version} into .tools/`);
  const options = ["--prefix", pnpmFolder, "--no-save", "--no-audit", "--no-fund"];
  const { program, args, shell } = npmCommand([
    ...["install", ...options, ...patience, "--loglevel=error", `pnpm@${version}`],
  ]);
  const { code, output } = await watched(program, args, shell);
  if (code !== 0) fail(`pnpm ${version}`, output);
  return script;
}

/** Without a network npm would try for minutes. */
const patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"];

function installedVersion() {
  const manifest = inRoot(".tools/pnpm/node_modules/pnpm/package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

const everyMs = 2000;

/**
 * Runs an installer, and says every two seconds how far it is. Resolves to its code and all that it
 * printed. It gets no input: what is typed meanwhile is for the program that starts later.
 */
function watched(program, args, shell = false) {
  const env = toolEnvironment({
    npm_config_fetch_retry_mintimeout: "1000",
    npm_config_fetch_retry_maxtimeout: "10000",
  });
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      shell,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = [];
    let told = Date.now();
    const take = (chunk) => {
      output.push(chunk);
      const progress = /Progress: .*/.exec(chunk.toString().trimEnd().split("\n").at(-1))?.[0];
      if (progress === undefined || Date.now() - told < everyMs) return;
      told = Date.now();
      say(progress);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output: Buffer.concat(output).toString() }));
  });
}

function fail(what, output) {
  process.stderr.write(`${installationTrouble(what, output)}\n`);
  process.exit(1);
}
