import { existsSync } from "node:fs";
import * as systemPath from "node:path";

/**
 * The command line that runs npm with `args`: `{ program, args, shell }`. On Windows npm is a batch
 * file, which Node starts only through a shell; so npm's own program is run by this Node wherever it
 * is found.
 */
export function npmCommand(args, host = process, path = systemPath, exists = existsSync) {
  const { execPath, env, platform } = host;
  const bin = path.dirname(execPath);
  const cli = path.join("node_modules", "npm", "bin", "npm-cli.js");
  const places = [
    // npm tells those whom it runs where it is. So do other package managers, by the same name.
    ...(path.basename(env.npm_execpath ?? "") === "npm-cli.js" ? [env.npm_execpath] : []),
    path.join(bin, cli),
    path.join(bin, "..", "lib", cli),
  ];
  const program = places.find((place) => exists(place));
  if (program !== undefined) return { program: execPath, args: [program, ...args], shell: false };
  if (platform !== "win32") return { program: "npm", args, shell: false };
  return { program: "npm.cmd", args: args.map((arg) => `"${arg}"`), shell: true };
}

const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_INVALID_URL|UND_ERR|ERR_PNPM_NO_OFFLINE|ERR_PNPM_META_FETCH_FAIL|fetch failed|network/i;

/**
 * What to tell a person whose installation of `what` failed with `output`: one line when no registry
 * was within reach, which is no mistake of the project; otherwise the output, and then that line.
 */
export function installationTrouble(what, output) {
  const code = unreachable.exec(output)?.[0];
  if (code === undefined) return `${output.trimEnd()}\nmem: installing ${what} failed`;
  return (
    `mem: installing ${what} failed: no package registry is within reach (${code}). ` +
    "Check the network, or npm's settings `registry` and `proxy`, and run the same command again."
  );
}
