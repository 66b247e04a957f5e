import { readFileSync } from "node:fs";
import { inRoot } from "../bootstrap/paths.mjs";

const pc = (file) => readFileSync(inRoot("apps/pc-machine", file), "utf8");

/**
 * What `start` prints for `args` without installing or bundling anything: the version, the options,
 * the manual page, by themselves. `undefined` for every other command line. The texts were written
 * by the program; a test of the program compares them.
 */
export function glance(args) {
  const [word = "", ...rest] = args;
  if (rest.length > 0) return undefined;
  if (word === "man") return pc("man/mem-pc.1");
  const option = /^--?(\w+)$/.exec(word)?.[1];
  if (option === "version") return `mem-pc ${JSON.parse(pc("package.json")).version}\n`;
  if (option === "help" || option === "h") return pc("man/help.txt");
  return undefined;
}
