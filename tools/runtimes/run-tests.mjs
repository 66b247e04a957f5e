/**
 * Runs the bundle of tests that lies at the address of the first argument, without the files that the
 * other arguments name, under Node, Bun or Deno, and prints the results as one line of JSON.
 */
const [address, ...leftOut] = globalThis.process.argv.slice(2);
const { run } = await import(address);
globalThis.process.stdout.write(`${JSON.stringify(await run(leftOut))}\n`);
