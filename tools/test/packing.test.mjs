import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { publishedPackages } from "../publish/published.mjs";

describe("a package that npm itself is to pack", () => {
  it.each(publishedPackages())("asks first: $manifest.name", ({ manifest }) => {
    expect(manifest.scripts.prepack).toBe("node ../../tools/publish/prepack.mjs");
  });

  it.each([
    [
      "npm/10.8.2 node/v20.20.2",
      1,
      "mem: packages are packed from the project's folder: npm run pack -- DIR\n",
    ],
    ["pnpm/10.34.8 npm/? node/v20.20.2", 0, ""],
  ])("is told what does it, by %s", (agent, status, stderr) => {
    const env = { ...process.env, npm_config_user_agent: agent };
    const script = inRoot("tools/publish/prepack.mjs");
    const ended = spawnSync(process.execPath, [script], { env, encoding: "utf8" });
    expect(ended).toMatchObject({ status, stderr });
  });
});
