import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSite } from "../../apps/playground/build.mjs";
import { serveSite } from "../../apps/playground/serve.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { findChromium, openChromium } from "../runtimes/chromium.mjs";

/** Why there is no page to be tried, if there is none. */
export const missing = findChromium() === undefined ? "Chromium is not installed" : undefined;

/** What hangs for so long is ended. */
const PATIENCE_MS = 1_400_000;

/** Where screenshots go, if somebody wants to look at them. */
const pictures = process.env.MEM_SCREENSHOTS;

/** Builds the site into a temporary folder. `remove` takes that away. */
export async function makeSite() {
  const folder = mkdtempSync(join(tmpdir(), "mem-playground-"));
  await buildSite(folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Opens a Chromium and one tab for all tests of the site in `folder`, which is served below `base`. What the tab's
 * console complains of, and what is fetched from elsewhere, is gathered in `complaints`.
 */
export async function openPage(folder, { base, guests }) {
  if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  const site = await serveSite(folder, { base, guests });
  const { origin } = new URL(site.address);
  const browser = await openChromium({ viewport: { width: 1440, height: 1000 } });
  const page = await browser.context.newPage();
  // How slow the machine is, decides nothing.
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on("console", (message) => {
    // The one warning is about the tests, which read what the canvas shows.
    const isOurs = message.text().startsWith("Canvas2D: Multiple readback");
    if (["error", "warning"].includes(message.type()) && !isOurs) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { protocol, origin: from } = new URL(request.url());
    const isOwn = from === origin || ["data:", "blob:"].includes(protocol);
    if (!isOwn) complaints.push(`fetched from elsewhere: ${request.url()}`);
  });
  const close = async () => {
    await browser.close();
    await site.close();
  };
  return { page, address: site.address, complaints, close, ...actionsOn(page) };
}

/** What tests of the page of the PC and of the lessons do again and again. */
function actionsOn(page) {
  const serialHas = (text) =>
    page.waitForFunction((wanted) => globalThis.memSerialText?.().includes(wanted), text);
  const prompt = () => serialHas("memory prompt, h for help");
  return {
    /** Takes a screenshot, if somebody wants to look at it. */
    shoot: async (name, options = {}) => {
      if (pictures === undefined) return;
      await page.screenshot({ path: join(pictures, `${name}.png`), ...options });
    },
    serialText: () => page.evaluate(() => globalThis.memSerialText()),
    serialHas,
    prompt,
    /** Waits for the prompt of the next machine, which has not said `old`. */
    nextPrompt: async (old) => {
      await page.waitForFunction((text) => !globalThis.memSerialText().includes(text), old);
      await prompt();
    },
    /** Types at the serial console. */
    type: async (text) => {
      await page.locator(".xterm-helper-textarea").focus();
      await page.keyboard.type(text);
    },
    /** The part of the flat view's picture that has a name. */
    spot: (name) => page.locator(`.spots[aria-label^="Flat"] .spot[data-name^="${name}"]`).first(),
    /** Waits until there is such a thing, with a text in it. */
    shown: (selector, hasText) => page.locator(selector, { hasText }).first().waitFor(),
    /** What axe-core finds wrong with names and contrast. */
    faultsOfLooks: async () => {
      await page.evaluate(axe());
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
    /** Width of the page, and how much of that is seen without scrolling. */
    widths: () =>
      page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
      }),
  };
}

const axe = () => readFileSync(inRoot("apps/playground/node_modules/axe-core/axe.min.js"), "utf8");
