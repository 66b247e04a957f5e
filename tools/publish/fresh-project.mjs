import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm } from "./command.mjs";
import { withDependencies } from "../bootstrap/workspace.mjs";

/**
 * A project of a stranger's: a folder outside the workspace into which packages are installed
 * from their tarballs, with those they need and nothing else.
 */
export class FreshProject {
  folder = mkdtempSync(join(tmpdir(), "mem-user-"));

  /** Installs the packages called `names` (or the one) and those that they depend on. */
  async install(names, tarballs) {
    const dependencies = Object.fromEntries(
      [names]
        .flat()
        .flatMap((name) => withDependencies(name))
        .map(({ manifest }) => [manifest.name, `file:${tarballs.get(manifest.name)}`]),
    );
    this.write("package.json", JSON.stringify({ private: true, type: "module", dependencies }));
    await npm(["install", "--offline", "--no-audit", "--no-fund"], this.folder);
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
