#!/usr/bin/env node
/** The PC, from a clone: what `npm start -- ARGS` runs, for `npx mem-pc ARGS`. */
process.argv.splice(2, 0, "start");
await import("./run.mjs");
