import { spawn } from "node:child_process";
import { toolEnvironment } from "../bootstrap/child.mjs";
import { npmCommand } from "../bootstrap/npm.mjs";

/**
 * Runs a command in `cwd` and resolves to what it wrote to standard output. Rejects with all that it
 * printed when it fails.
 */
export function command(program, args, cwd, env = {}, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      shell,
      // What an outer package manager told its own scripts is none of this command's business.
      env: withoutPackageManager(toolEnvironment({ NO_COLOR: "1", ...env })),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = [];
    const complaints = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => complaints.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) resolve(text);
      else {
        const said = `${text}${Buffer.concat(complaints).toString()}`;
        reject(new Error(`${program} ${args.join(" ")} failed (${code}):\n${said}`));
      }
    });
  });
}

/** The same for npm. */
export function npm(args, cwd, env = {}) {
  const { program, args: all, shell } = npmCommand(args);
  return command(program, all, cwd, env, shell);
}

function withoutPackageManager(environment) {
  const ours =
    /^(npm_(config_(?!(registry|cafile|proxy|https_proxy|noproxy)$)|package_|lifecycle_)|VITEST|NODE_OPTIONS$)/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}
