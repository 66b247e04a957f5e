import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of this machine: that which MEM_CHROMIUM names, or the first on the path. */
export function findChromium(environment = process.env) {
  const named = environment.MEM_CHROMIUM;
  if (named !== undefined) return existsSync(named) ? named : undefined;
  return (environment.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/**
 * Opens an empty page of a new Chromium that sees the files of `folder`, has `task` work with it,
 * and ends all of it. What the page writes to its console is handed to `onLine`.
 */
export async function withPage(folder, task, onLine = () => undefined) {
  const profile = mkdtempSync(join(tmpdir(), "mem-chromium-"));
  const server = await serve(folder);
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: findChromium(),
      headless: true,
      chromiumSandbox: false,
      args: flags,
      timeout: 120_000,
    });
    const page = await context.newPage();
    page.on("console", (message) => onLine(message.text()));
    page.on("pageerror", (error) => onLine(String(error)));
    await page.goto(server.address);
    return await task(page);
  } finally {
    await context?.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
