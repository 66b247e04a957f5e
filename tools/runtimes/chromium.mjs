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

/** Opens a new Chromium without a window. Resolves to its context, and `close`, which ends all of it. */
export async function openChromium(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "mem-chromium-"));
  const remove = () => rmSync(profile, { recursive: true, force: true });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: findChromium(),
      headless: true,
      chromiumSandbox: false,
      args: flags,
      timeout: 120_000,
      ...options,
    });
    return { context, close: () => context.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Opens an empty page of a new Chromium that sees the files of `folder`, has `task` work with it,
 * and ends all of it. What the page writes to its console is handed to `onLine`.
 */
export async function withPage(folder, task, onLine = () => undefined) {
  const server = await serve(folder);
  let browser;
  try {
    browser = await openChromium();
    const page = await browser.context.newPage();
    page.on("console", (message) => onLine(message.text()));
    page.on("pageerror", (error) => onLine(String(error)));
    await page.goto(server.address);
    return await task(page);
  } finally {
    await browser?.close();
    await server.close();
  }
}
