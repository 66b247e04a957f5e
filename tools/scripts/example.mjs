import { run } from "../bootstrap/child.mjs";
import { ensureInstalled } from "../bootstrap/install.mjs";
import {
  bundleExample,
  exampleNames,
  needsOnlyWorkspace,
  summaryOf,
} from "../examples/examples.mjs";

/** `example NAME`: runs a program of `examples/`; without a name, lists them. */
export async function example([name, ...args]) {
  const names = exampleNames();
  if (name === undefined) {
    const width = Math.max(...names.map((each) => each.length));
    for (const each of names) console.log(`${each.padEnd(width)}  ${summaryOf(each)}`);
    return 0;
  }
  if (!names.includes(name)) {
    console.error(`mem: no example "${name}"; there are: ${names.join(", ")}`);
    return 1;
  }
  await ensureInstalled(needsOnlyWorkspace(name) ? "run" : "examples");
  return run(process.execPath, [await bundleExample(name), ...args]);
}
