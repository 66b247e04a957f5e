import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, tool } from "../bootstrap/child.mjs";
import { root } from "../bootstrap/paths.mjs";
import { npm } from "../publish/command.mjs";
import { packAll } from "../publish/pack.mjs";
import { pendingChangesets } from "../publish/pending.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { build } from "./build.mjs";
import { tools } from "./tools.mjs";

/**
 * `release`: builds and publishes every package whose version the registry has not seen, and tags
 * it. `release --dry-run` does all but the upload, and lists what would go out.
 */
export async function release(args) {
  const unknown = args.find((arg) => arg !== "--dry-run");
  if (unknown !== undefined) {
    console.error(`mem: release takes --dry-run, not '${unknown}'`);
    return 1;
  }
  const waiting = pendingChangesets();
  const dryRun = args.includes("--dry-run");
  if (waiting.length > 0) {
    const advice = "run `npm run version-packages` and commit what it changes first";
    console.error(`mem: ${waiting.length} changeset(s) not in any version yet: ${advice}`);
    if (!dryRun) return 1;
  }
  const code = await build([]);
  if (code !== 0) return code;
  return dryRun ? rehearse() : run(...tool(...tools.changeset, "publish"));
}

/** Packs every package, and has npm check each tarball as if it were to be uploaded. */
async function rehearse() {
  const folder = mkdtempSync(join(tmpdir(), "mem-release-"));
  try {
    const tarballs = await packAll(folder);
    for (const [name, tarball] of tarballs) {
      const options = ["--dry-run", "--json", "--access", "public", "--ignore-scripts"];
      const answer = JSON.parse(await npm(["publish", tarball, ...options], root));
      const { version, entryCount, size } = answer[name] ?? answer;
      const contents = `${entryCount} files, ${(size / 1000).toFixed(1)} kB`;
      console.log(`would publish ${name} ${version}: ${contents}`);
    }
    const [{ manifest }] = publishedPackages();
    console.log(`${tarballs.size} packages at ${manifest.version}; nothing was uploaded`);
    return 0;
  } catch (error) {
    console.error(`mem: ${error.message}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
