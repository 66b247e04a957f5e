#!/usr/bin/env node
/** The command `mem-pc`: runs when it is loaded. */
import { main } from "./cli/main.js";

await main(process.argv.slice(2), process);
