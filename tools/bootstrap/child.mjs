import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import { inRoot, root } from "./paths.mjs";

/** The environment of a tool: this very Node and the project's own pnpm come first on the path. */
export function toolEnvironment(extra = {}) {
  const path = [dirname(process.execPath), inRoot(".tools/pnpm/node_modules/.bin")];
  return {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
    ...extra,
    PATH: [...path, process.env.PATH ?? ""].join(delimiter),
  };
}

/**
 * The command line of a tool that a dependency of tools/ or, hoisted, of a package below it brings.
 * Those of tools/ come first: of other versions, which tools depend on, any may be hoisted.
 */
export function tool(script, ...args) {
  const places = ["tools/node_modules", "node_modules"].map((place) =>
    resolve(inRoot(place), script),
  );
  return [process.execPath, [places.find((place) => existsSync(place)) ?? places[0], ...args]];
}

/** Runs a command on this terminal and resolves to its exit code (128 + n after signal n). */
export function run(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: toolEnvironment(env), stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

/** Runs a command and resolves to its exit code and all that it printed. */
export function capture(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: toolEnvironment(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }),
    );
  });
}
