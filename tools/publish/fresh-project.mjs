import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.mjs";
import { withDependencies } from "../bootstrap/workspace.mjs";

/**
 * A project of a stranger's: a folder outside the workspace into which one package is installed
 * from its tarball, with those it needs and nothing else.
 */
export class FreshProject {
  folder = mkdtempSync(join(tmpdir(), "mem-user-"));

  /** Installs `name` and the packages that it depends on. */
  async install(name, tarballs) {
    const dependencies = Object.fromEntries(
      withDependencies(name).map(({ manifest }) => [
        manifest.name,
        `file:${tarballs.get(manifest.name)}`,
      ]),
    );
    this.write("package.json", JSON.stringify({ private: true, type: "module", dependencies }));
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    await command(npm, ["install", "--offline", "--no-audit", "--no-fund"], this.folder);
  }

  /** Writes a file and answers its path. */
  write(name, text) {
    const file = join(this.folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
