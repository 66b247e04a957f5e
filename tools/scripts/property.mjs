import { parseArgs } from "node:util";
import { run, tool } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import { tools } from "./tools.mjs";

const files = ["packages/flat/test/visibility.test.ts"];

/**
 * `property [--cases N] [--seed S]`: random region trees against the naive model, as many as
 * wanted, from a seed of one's choice.
 */
export async function property(args) {
  const numbers = readNumbers(args);
  if (typeof numbers === "string") {
    console.error(`mem: ${numbers}`);
    return 1;
  }
  await ensureInstalled();
  const env = { MEM_PROPERTY_CASES: numbers.cases, MEM_PROPERTY_SEED: numbers.seed };
  return run(...tool(...tools.vitest, ...files), { env });
}

/** The two numbers, or what is wrong with them. */
export function readNumbers(args) {
  let values;
  try {
    const option = (value) => ({ type: "string", default: value });
    values = parseArgs({ args, options: { cases: option("100000"), seed: option("1") } }).values;
  } catch (error) {
    return error.message.split("\n")[0];
  }
  const wrong = Object.entries(values).find(([, value]) => !/^[1-9][0-9]{0,8}$/.test(value));
  return wrong ? `--${wrong[0]} takes a number from 1 to 999999999, not '${wrong[1]}'` : values;
}
