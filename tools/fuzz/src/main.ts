import { runCommand } from "./command.js";

// Whoever reads along, such as `head`, may have enough.
process.stdout.on("error", () => process.exit());
process.exitCode = runCommand(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  now: () => Date.now(),
});
