import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { userFolder } from "./user-folder.mjs";

const usage = `usage: npm run playground -- [options]

Builds the page in which the PC runs beside its memory map, serves it to this machine alone, and
opens it in the browser.

  --port N     serve it at this port; any that is free unless given
  --no-open    leave the browser alone
  --out DIR    only write the site, for any folder of any web server
  --linux      offer Linux there: Debian's kernel and a shell, from apt where there is one
  --guests DIR offer what the manifest.json of this folder lists, see apps/playground/README.md
`;

/** `playground`: the page of the PC, built and served until the program is interrupted. */
export async function playground(args) {
  const options = optionsOf(args);
  if (options.problem !== undefined) {
    console.error(`mem: playground: ${options.problem}`);
    return 1;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  await ensureInstalled("playground");
  const guests = guestFolder(options);
  if (options.linux && !makeLinuxGuest(guests)) return 1;
  if (guests !== undefined && !existsSync(join(guests, "manifest.json"))) {
    console.error(`mem: playground: ${guests} has no manifest.json`);
    return 1;
  }
  const load = (file) => import(pathToFileURL(inRoot("apps/playground", file)).href);
  const { buildSite } = await load("build.mjs");
  const folder =
    options.out === undefined
      ? inRoot(".cache/playground")
      : resolve(userFolder("playground"), options.out);
  await buildSite(folder);
  if (options.out !== undefined) {
    if (guests !== undefined) cpSync(guests, join(folder, "guests"), { recursive: true });
    console.log(`playground: ${folder}`);
    return 0;
  }
  const { serveSite } = await load("serve.mjs");
  let site;
  try {
    site = await serveSite(folder, { port: options.port, guests });
  } catch (error) {
    console.error(`mem: playground: port ${options.port} cannot be had: ${error.code}`);
    return 1;
  }
  console.log(`playground: ${site.address} (Ctrl-C ends it)`);
  if (options.open) openBrowser(site.address);
  await new Promise((done) => process.once("SIGINT", done).once("SIGTERM", done));
  await site.close();
  return 0;
}

/** The folder that is served as `guests/`, if one is asked for. */
function guestFolder({ guests, linux }) {
  if (guests !== undefined) return resolve(userFolder("playground"), guests);
  return linux ? inRoot(".cache/playground-guests") : undefined;
}

/** Has the PC put Linux into `folder`; it says itself what it does, and why it cannot. */
function makeLinuxGuest(folder) {
  const words = ["start", "linux", "--guest", folder];
  const options = { stdio: "inherit" };
  return spawnSync(process.execPath, [inRoot("tools/run.mjs"), ...words], options).status === 0;
}

/** What is asked for, or the `problem` with it. */
export function optionsOf(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: "string", default: "0" },
        "no-open": { type: "boolean", default: false },
        out: { type: "string" },
        guests: { type: "string" },
        linux: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65535) {
      return { problem: `--port takes 0 to 65535, not '${values.port}'` };
    }
    return {
      port,
      open: !values["no-open"],
      out: values.out,
      guests: values.guests,
      linux: values.linux,
      help: values.help,
    };
  } catch (error) {
    return { problem: error.message.split(".")[0] };
  }
}

/** Asks the desktop to open an address; where there is none, the address was printed. */
function openBrowser(address) {
  const [program, ...rest] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", ""]
        : ["xdg-open"];
  spawn(program, [...rest, address], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
