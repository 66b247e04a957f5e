import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "../bootstrap/child.mjs";
import { hashContents } from "../bootstrap/fingerprint.mjs";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { bundlePackages } from "../build/package-bundles.mjs";
import { sumOf } from "../reporter/closing-line.mjs";

/** Where a package's run leaves its totals, from the package's folder. */
const totalsFile = ".cache/test-totals.json";

/**
 * Runs the quick tests of every package, each package's in a vitest of its own, and answers how
 * many passed, failed, were skipped. turbo starts them, and does not run again what passed and of
 * which nothing has changed since (turbo.json says what counts), unless `anew`.
 */
export async function runPackageTests({ anew }) {
  const folders = ["tools", ...workspacePackages().map(({ folder }) => folder)];
  const tested = folders.filter((folder) => testScript(folder) !== undefined);
  for (const folder of tested) rmSync(inRoot(folder, totalsFile), { force: true });
  // Each package's run would make them, and all but the first wait.
  await bundlePackages();
  // One more than there are cores: a package's run begins with a second in which it only starts.
  const together = availableParallelism() + 1;
  const args = ["run", "test", "--continue", "--env-mode=loose", "--output-logs=new-only"];
  const code = await run(
    process.execPath,
    [
      inRoot("tools/node_modules/turbo/bin/turbo"),
      ...args,
      `--concurrency=${together}`,
      ...(anew ? ["--force"] : []),
    ],
    {
      env: {
        MEM_TESTS: "quick",
        MEM_TEST_TOTALS: totalsFile,
        MEM_TEST_WORKERS: String(Math.max(1, together >> 1)),
        MEM_HOST: hostHash(),
      },
    },
  );
  const totals = sumOf(...tested.map((folder) => totalsOf(folder)));
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

const testScript = (folder) =>
  JSON.parse(readFileSync(inRoot(folder, "package.json"), "utf8")).scripts?.test;

/** What a run left behind; one that left nothing failed. */
function totalsOf(folder) {
  const file = inRoot(folder, totalsFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { failed: 1 };
}

/** Programs and files of the machine that tests use where they are there. */
const programs = ["qemu-system-i386", "nasm", "gdb", "iasl", "groff", "bash", "zsh", "fish"];
const files = ["/usr/share/seabios/bios-256k.bin", "/usr/share/seabios/vgabios-stdvga.bin"];

/** A hash of what tests find around the project: the Node that runs them, and those programs. */
function hostHash() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const places = programs.map((name) => folders.map((folder) => join(folder, name)));
  const found = [...places, ...files.map((file) => [file])].map((choices) => {
    const place = choices.find((each) => existsSync(each));
    return place === undefined ? "none" : [place, statSync(place).size, statSync(place).mtimeMs];
  });
  return hashContents([], process.version, process.platform, process.arch, found);
}
