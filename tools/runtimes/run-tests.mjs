/**
 * Runs the bundle of tests that lies at the address of the first argument, under Node, Bun or Deno,
 * and prints the results as one line of JSON.
 */
const { run } = await import(globalThis.process.argv[2]);
globalThis.process.stdout.write(`${JSON.stringify(await run())}\n`);
