import { Lockstep } from "../test/lockstep/lockstep.js";
import { MODES } from "../test/lockstep/machine.js";
const first = Number(process.argv[2] ?? 1), seconds = Number(process.argv[3] ?? 10);
const only = process.argv[4]?.split(",");
const modes = MODES.filter((m) => only?.includes(m) ?? true);
const began = performance.now();
const options = [{}, { batch: 8, patience: 40 }, { instructions: 1 }, { links: false, countRuns: true }];
let total = 0, lastTold = 0;
const counts: Record<string, number> = {};
const steps = options.map((o) => new Lockstep(o));
for (let seed = first; (performance.now() - began) / 1000 < seconds; seed++) {
  for (const mode of modes) {
    const which = seed % 8 === 0 ? 1 + (seed / 8) % 3 : 0;
    const l = steps[which]!;
    const before = l.count;
    const r = l.run({ seed, mode });
    const n = l.count - before;
    total += n; counts[mode] = (counts[mode] ?? 0) + n;
    if (r !== null) { console.log("DIFFERS", which, r); }
  }
  if (performance.now() - lastTold > 60000) { lastTold = performance.now(); console.log(seed, total, JSON.stringify(counts), Math.round(total / (performance.now() - began) * 1000), "/s", process.memoryUsage().rss >> 20); }
}
console.log("end", total, JSON.stringify(counts), Math.round(total / (performance.now() - began) * 1000), "/s cpu", process.cpuUsage().user / 1e6, "s");
