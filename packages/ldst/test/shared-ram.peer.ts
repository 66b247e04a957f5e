import { parentPort, workerData } from "node:worker_threads";
import { Machine } from "@mem/flat";
import { Bus } from "@mem/ldst";

/** What the other thread asks for; every request is answered with a number. */
export type Request =
  | { readonly load: number }
  | { readonly store: number; readonly value: number }
  | { readonly answer: number };

const memory = workerData as SharedArrayBuffer;
const machine = new Machine();
const system = machine.container({ name: "system", size: 2n ** 64n });
// A map of its own: the same bytes elsewhere, and a ROM of the first page.
const ram = machine.ram({ name: "ram", size: memory.byteLength, memory, shared: true });
system.addSubregion(0x100000, ram);
const rom = machine.alias({ name: "rom", size: 4096, target: ram });
system.addSubregion(0xff0000, rom);
const bus = new Bus(machine.addressSpace(system, "peer"));
const cells = new Int32Array(memory);

parentPort?.on("message", (request: Request) => {
  if ("load" in request) parentPort?.postMessage(bus.ld32(request.load));
  else if ("store" in request) {
    bus.st32(request.store, request.value);
    parentPort?.postMessage(0);
  } else {
    parentPort?.postMessage(0);
    answerRounds(request.answer);
  }
});

/** Without a message: waits for cell 0 to reach 2n + 1, doubles the word at 64 and says 2n + 2. */
function answerRounds(rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    Atomics.wait(cells, 0, 2 * round);
    bus.st32(0x100000 + 64, bus.ld32(0xff0000 + 64) * 2);
    Atomics.store(cells, 0, 2 * round + 2);
    Atomics.notify(cells, 0);
  }
}
