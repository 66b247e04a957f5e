import { inRoot } from "../bootstrap/paths.mjs";
import { command } from "../publish/command.mjs";
import { withPage } from "./chromium.mjs";
import { fewerCases } from "./fewer-cases.mjs";

/** How each runtime is told to run a program that may read files and its environment, no more. */
const leaders = {
  node: [],
  bun: [],
  deno: ["run", "--no-config", "--no-prompt", "--allow-read", "--allow-env"],
};

/** Runs the tests that `bundleTests` put into `folder` under Node, Bun or Deno, without some files. */
export async function runUnder(name, program, folder, leftOut = []) {
  const script = inRoot("tools/runtimes/run-tests.mjs");
  const args = [...leaders[name], script, `${folder}/tests.mjs`, ...leftOut];
  const printed = await command(program, args, folder, fewerCases);
  return JSON.parse(printed.trimEnd().split("\n").at(-1));
}

/** Runs them in a worker of a page of Chromium, without some files. */
export function runInChromium(folder, leftOut = []) {
  const lines = [];
  const results = withPage(
    folder,
    (page) =>
      page.evaluate(
        (names) =>
          new Promise((resolve, reject) => {
            const worker = new globalThis.Worker("/worker.mjs", { type: "module" });
            worker.addEventListener("message", ({ data }) => resolve(data));
            worker.addEventListener("error", ({ message }) => reject(new Error(message)));
            worker.postMessage(names);
          }),
        leftOut,
      ),
    (line) => lines.push(line),
  );
  return results.catch((error) => {
    throw new Error(`${error.message}\n${lines.join("\n")}`, { cause: error });
  });
}
