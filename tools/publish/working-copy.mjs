import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";

/** A copy of the project as it lies here, with a history of one commit, to try releases on. */
export class WorkingCopy {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mem-copy-")));

  async make() {
    const list = await command("git", ["ls-files", "-co", "--exclude-standard", "-z"], root);
    // Git also lists what was deleted here since the last commit.
    const files = list.split("\0").filter((file) => file !== "" && existsSync(inRoot(file)));
    for (const file of files) {
      cpSync(inRoot(file), join(this.folder, file), { recursive: true });
    }
    // A junction is what Windows lets everybody make; elsewhere it is a link like any.
    symlinkSync(inRoot(".tools"), join(this.folder, ".tools"), "junction");
    await this.git("init", "-q", "-b", "main");
    await this.commit("everything");
  }

  /** Runs a script of the copy, as `pnpm NAME ARGS` does. */
  script(...args) {
    return this.node("tools/run.mjs", ...args);
  }

  /** Runs a Node program in the copy; what is to be installed comes from what was fetched before. */
  node(...args) {
    const env = { CI: "", npm_config_prefer_offline: "true" };
    return command(process.execPath, args, this.folder, env);
  }

  async commit(message) {
    await this.git("add", "-A");
    await this.git("commit", "-q", "-m", message);
  }

  git(...args) {
    const who = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"];
    return command("git", [...who, "-c", "commit.gpgsign=false", ...args], this.folder);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
