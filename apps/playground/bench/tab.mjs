/**
 * Time until the page's prompt. Then the speed of a machine in a tab beside the same in Node, and in a tab
 * without the page: the worker of the page as it is built, with the same disk, a spell for each in turns;
 * and the frames a second that the page draws meanwhile. With MEM_BENCH_EACH each spell is told as it ends.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { inRoot } from "../../../tools/bootstrap/paths.mjs";
import { findChromium, openChromium } from "../../../tools/runtimes/chromium.mjs";
import { buildSite } from "../build.mjs";
import { serveSite } from "../serve.mjs";
import { aloneInTab } from "./alone.mjs";
import { firstPrompts, promptLines } from "./first-prompt.mjs";
import { loopDisk } from "./loop.mjs";
import { pageWorkersMs } from "./thread-time.mjs";

/** Rounds that count, each with a spell of everything. */
const ROUNDS = 7;
/** Rounds before, in which code is translated. */
const WARM_UP = 1;
const SPELL_MS = 1000;
/** Loads of the page until its prompt. */
const LOADS = 7;
/** A busy machine takes its time; what hangs is ended. */
const PATIENCE_MS = 300_000;

const MACHINE = {
  memoryMiB: 64,
  firmware: null,
  vgaBios: null,
  disks: [loopDisk()],
  kernel: null,
  devices: [],
  accel: "jit",
  ram: null,
};

/** `bench page`. */
export async function benchPage() {
  if (findChromium() === undefined) {
    console.error("bench: page: Chromium is not installed");
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), "mem-bench-page-"));
  try {
    await buildSite(folder);
    await benchPrompt(folder);
    await benchSpeed(folder);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchPrompt(folder) {
  const site = await serveSite(folder);
  const browser = await openChromium({ viewport: { width: 1440, height: 1000 } });
  try {
    for (const [what, isKept] of [
      ["first visit", false],
      ["later visit", true],
    ]) {
      const seen = await firstPrompts(browser.context, site.address, { loads: LOADS, isKept });
      for (const line of promptLines(what, seen)) console.log(line);
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

async function benchSpeed(folder) {
  const node = await inNode(folder);
  const tab = await inTab(folder);
  const pages = [
    ["the map hidden", tab.hideMap],
    ["the map shown", tab.showMap],
    ["the map shown, accesses counted", tab.countAccesses],
  ];
  const rounds = [];
  try {
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const spells = { node: await node.run(), alone: await tab.alone(), pages: [] };
      // Each begins as often as the others: what a spell leaves behind, it leaves to each.
      for (let turn = 0; turn < pages.length; turn++) {
        const at = (round + WARM_UP + turn) % pages.length;
        const [, prepare] = pages[at];
        await prepare();
        spells.pages[at] = await tab.run();
        if (process.env.MEM_BENCH_EACH)
          console.error(
            round,
            turn,
            pages[at][0],
            millions(spells.pages[at].rate),
            millions(spells.pages[at].perCpu),
          );
      }
      if (round >= 0) rounds.push(spells);
    }
  } finally {
    await tab.close();
    await node.close();
  }
  const middle = (of) => median(rounds.map(of));
  console.log(
    `page: ${millions(middle(({ node }) => node.rate))} million instructions a second in Node ` +
      `${process.versions.node}, ${millions(middle(({ alone }) => alone.rate))} in a tab without the page`,
  );
  for (const [at, [name]] of pages.entries()) {
    // Of each round by itself: how fast the machine is changes with what else it does.
    const beside = (other, key) =>
      middle((spells) => spells.pages[at][key] / spells[other][key]).toFixed(2);
    console.log(
      `page: ${name}: ${millions(middle(({ pages }) => pages[at].rate))} million; beside Node ` +
        `${beside("node", "rate")} by the clock, ${beside("node", "perCpu")} by the thread's time; ` +
        `beside the tab without the page ${beside("alone", "rate")} and ${beside("alone", "perCpu")}; ` +
        `${middle(({ pages }) => pages[at].frames).toFixed(0)} frames a second`,
    );
  }
}

async function inNode(folder) {
  const worker = new Worker(inRoot("apps/playground/bench/in-node.mjs"), {
    workerData: { script: pathToFileURL(join(folder, "assets", workerName(folder))).href },
  });
  const next = (isWanted) =>
    new Promise((resolve) => {
      const listen = (message) => {
        if (!isWanted(message)) return;
        worker.off("message", listen);
        resolve(message);
      };
      worker.on("message", listen);
    });
  const cpuMs = async () => {
    worker.postMessage({ type: "cpu" });
    return (await next(({ type }) => type === "cpu")).ms;
  };
  const isPaused = ({ type, state }) => type === "state" && state.kind === "paused";
  await next(({ type }) => type === "ready");
  worker.postMessage({ type: "build", machine: MACHINE });
  let { instructions } = await next(isPaused);
  return {
    run: async () => {
      const cpu = await cpuMs();
      const start = performance.now();
      worker.postMessage({ type: "run" });
      await sleep(SPELL_MS);
      worker.postMessage({ type: "pause" });
      const paused = await next(isPaused);
      const ran = paused.instructions - instructions;
      ({ instructions } = paused);
      const tookMs = performance.now() - start;
      return { rate: (ran * 1000) / tookMs, perCpu: (ran * 1000) / ((await cpuMs()) - cpu) };
    },
    close: () => worker.terminate(),
  };
}

async function inTab(folder) {
  const site = await serveSite(folder);
  const browser = await openChromium({ viewport: { width: 1440, height: 1000 } });
  const alone = await aloneInTab(browser.context, site.address, workerName(folder), MACHINE);
  const page = await browser.context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(site.address);
  await page.waitForFunction(() => globalThis.memSerialText?.().includes("memory prompt"));
  const { name, bytes } = loopDisk();
  await page
    .locator("#files")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
  await page.locator(".media li", { hasText: name }).waitFor();
  await sleep(SPELL_MS);
  await page.getByRole("button", { name: "Pause" }).click();
  /** With the time of the worker that runs; the others stand still. */
  const timed = async (spell) => {
    const cpu = pageWorkersMs();
    const { instructions, ms, frames } = await spell();
    const rate = (instructions * 1000) / ms;
    return { rate, perCpu: (instructions * 1000) / (pageWorkersMs() - cpu), frames };
  };
  return {
    alone: () => timed(() => alone.run(SPELL_MS)),
    hideMap: () => page.evaluate(() => (document.getElementById("map").hidden = true)),
    showMap: async () => {
      await page.evaluate(() => (document.getElementById("map").hidden = false));
      await page.getByLabel("count accesses").uncheck();
    },
    countAccesses: () => page.getByLabel("count accesses").check(),
    run: () => timed(() => page.evaluate(spellOfTab, SPELL_MS)),
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
}

/** In the page: has the machine run for a while; its instructions, the time, and the frames a second. */
async function spellOfTab(ms) {
  const state = document.getElementById("state");
  const button = document.querySelector("#controls .primary");
  const counted = () =>
    Number(/after ([\d,]+) instructions/.exec(state.textContent)[1].replaceAll(",", ""));
  const before = counted();
  let frames = 0;
  const frame = () => {
    frames++;
    if (frames > 0) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const start = performance.now();
  button.click();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const paused = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!state.textContent.startsWith("Paused")) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(state, { childList: true, characterData: true, subtree: true });
  });
  button.click();
  await paused;
  const took = performance.now() - start;
  const seen = frames;
  frames = -Infinity;
  return { instructions: counted() - before, ms: took, frames: (seen * 1000) / took };
}

/** Name of the worker's script among the assets. */
const workerName = (folder) =>
  readdirSync(join(folder, "assets")).find((file) => /^machine-worker.*\.js$/.test(file));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const millions = (rate) => (rate / 1e6).toFixed(1);
