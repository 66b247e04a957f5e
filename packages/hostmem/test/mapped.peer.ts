import { Machine } from "@mem/flat";
import { fileRam, HostFileError } from "@mem/hostmem";

/** The other process: opens a file as shared memory and takes steps, told by its arguments. */
const [path = "", size = "", mapping = "", ...steps] = process.argv.slice(2);

try {
  const way = mapping === "never" ? "never" : "required";
  const machine = new Machine();
  const options = { name: "peer", path, size: Number(size), share: true, mapping: way } as const;
  const space = machine.addressSpace(fileRam(machine, options), "peer");
  for (const step of steps) {
    const [name, first = 0, second = 0] = step
      .split(":")
      .map((part, i) => (i ? Number(part) : part));
    if (name === "store") space.store(Number(first), 4, Number(second));
    if (name === "count") {
      for (let i = 0; i < Number(second); i++) {
        space.store(Number(first), 4, space.load(Number(first), 4) + 1);
      }
    }
    if (name === "answer") {
      // A doorbell: word 0 rings, word 1 answers.
      for (let round = 1; round <= Number(first); round++) {
        while (space.load(0, 4) !== round);
        space.store(4, 4, round);
      }
    }
    if (name === "die") process.kill(process.pid, "SIGKILL");
  }
  process.stdout.write("done");
} catch (error) {
  process.stdout.write(error instanceof HostFileError ? error.rule : String(error));
}
