import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds the site into `outDir`, which is emptied first. */
export async function buildSite(outDir) {
  await build({
    configFile: fileURLToPath(new URL("vite.config.mjs", import.meta.url)),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
}
