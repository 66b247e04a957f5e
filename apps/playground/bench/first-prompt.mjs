/**
 * Time from the navigation to what a person waits for, in a new tab each time: the worker's first word,
 * the first text of the firmware, its prompt.
 */

import { pagesMs, pageWorkersMs } from "./thread-time.mjs";

/** Milestones, in their order, by the name under which the watch keeps them. */
const MILESTONES = [
  ["load", "the page's load event"],
  ["worker", "the machine is built"],
  ["serial", "the firmware's first line"],
  ["prompt", "the prompt"],
];

/**
 * Loads the page at `address` so often, for the first time or, where `isKept`, with what the browser has
 * kept of it; answers the times of each load by milestone, in milliseconds.
 */
export async function firstPrompts(context, address, { loads, isKept }) {
  const seen = [];
  for (let load = 0; load < loads; load++) {
    const tab = await context.newPage();
    await tab.addInitScript(watchWorkers);
    const session = await context.newCDPSession(tab);
    await session.send("Network.setCacheDisabled", { cacheDisabled: !isKept });
    await tab.goto(address);
    await tab.waitForFunction(() => globalThis.milestones.prompt !== undefined);
    const threads = { page: pagesMs(), machine: pageWorkersMs() };
    seen.push({ ...(await tab.evaluate(() => globalThis.milestones)), ...threads });
    await tab.close();
  }
  return seen;
}

/** Text of the times of loads that are called `what`: the least and the median of each milestone. */
export function promptLines(what, seen) {
  const times = (name) => seen.map((each) => each[name]).sort((a, b) => a - b);
  const least = (name) => times(name)[0].toFixed(0);
  const median = (name) => times(name)[seen.length >> 1].toFixed(0);
  return [
    ...MILESTONES.map(
      ([name, text]) =>
        `page: ${what}: ${text}: ${least(name)} ms after the navigation, median ${median(name)} of ${seen.length} loads`,
    ),
    `page: ${what}: until then the page's thread had a processor for ${least("page")} ms, median ` +
      `${median("page")}; the machine's for ${least("machine")}, median ${median("machine")}`,
  ];
}

/** In the page, before its own scripts: notes when its workers first say what. */
function watchWorkers() {
  const milestones = {};
  globalThis.milestones = milestones;
  addEventListener("load", () => (milestones.load = performance.now()));
  let text = "";
  const take = ({ data }) => {
    const now = performance.now();
    if (data.type === "built") milestones.worker ??= now;
    if (data.type !== "serial") return;
    milestones.serial ??= now;
    text += new TextDecoder().decode(data.bytes);
    if (text.includes("memory prompt")) milestones.prompt ??= now;
  };
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", take);
    }
  };
}
