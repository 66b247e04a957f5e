/**
 * Opens a tab with nothing but the page's worker in it. What a machine in the page is slower than one
 * there is the page's doing; what that is slower than one in Node is the browser's.
 *
 * @param context of a browser
 * @param address of the site
 * @param script name of the worker among the site's assets
 */
export async function aloneInTab(context, address, script, machine) {
  const tab = await context.newPage();
  // Any address of the site that is no page.
  await tab.goto(`${address}guests/manifest.json`);
  const disks = machine.disks.map((disk) => ({ ...disk, bytes: [...disk.bytes] }));
  await tab.evaluate(buildMachine, [`${address}assets/${script}`, { ...machine, disks }]);
  return {
    /** Instructions of a spell of so many milliseconds, and the time that it took. */
    run: (ms) => tab.evaluate(spell, ms),
    close: () => tab.close(),
  };
}

/** In the tab: starts the worker, and builds the machine. */
async function buildMachine([script, machine]) {
  const worker = new Worker(script, { type: "module" });
  const disks = machine.disks.map((disk) => ({ ...disk, bytes: new Uint8Array(disk.bytes) }));
  let settle;
  worker.onmessage = ({ data }) => {
    if (data.type === "state" && data.state.kind === "paused") settle?.(data.instructions);
  };
  const paused = (command) =>
    new Promise((resolve) => {
      settle = resolve;
      worker.postMessage(command);
    });
  globalThis.machine = { worker, paused };
  globalThis.machine.instructions = await paused({
    type: "build",
    machine: { ...machine, disks },
  });
}

/** In the tab: has the machine run for a while. */
async function spell(ms) {
  const { machine } = globalThis;
  const start = performance.now();
  machine.worker.postMessage({ type: "run" });
  await new Promise((resolve) => setTimeout(resolve, ms));
  const instructions = await machine.paused({ type: "pause" });
  const ran = instructions - machine.instructions;
  machine.instructions = instructions;
  return { instructions: ran, ms: performance.now() - start };
}
