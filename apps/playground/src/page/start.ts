/**
 * First of all the page starts its machine, which boots while the page itself is fetched and built: the
 * worker has most of the work to do until the prompt.
 */
import type { MachineRequest } from "../machine/protocol.js";
import { MachineLink } from "./machine-link.js";

/** The embedded firmware, and nothing else: what the controls show before somebody changes them. */
const machine: MachineRequest = {
  memoryMiB: 64,
  firmware: null,
  vgaBios: null,
  disks: [],
  kernel: null,
  devices: [],
  accel: "jit",
  ram: null,
};

const link = new MachineLink(
  new Worker(new URL("../machine/machine-worker.ts", import.meta.url), { type: "module" }),
);
link.send({ type: "build", machine });
link.send({ type: "run" });
if (document.readyState === "loading") {
  await new Promise((resolve) =>
    document.addEventListener("DOMContentLoaded", resolve, { once: true }),
  );
}
const { openPage } = await import("./main.js");
openPage(link, machine);
