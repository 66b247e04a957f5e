import { rollup } from "rollup";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";
import { typescript } from "./typescript.mjs";

/** Bundles one TypeScript program with the sources of the workspace's packages into one file. */
export async function bundle(input, file) {
  const sources = new Map(
    workspacePackages().map(({ folder, manifest }) => [
      manifest.name,
      inRoot(folder, "src/index.ts"),
    ]),
  );
  const packageSources = {
    name: "package-sources",
    resolveId: (specifier) => sources.get(specifier) ?? null,
  };
  const build = await rollup({
    input,
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !sources.has(id),
    plugins: [packageSources, typescript()],
    onwarn: (warning, show) => {
      // Classes that name each other only inside methods: harmless, and no news to whoever bundles.
      if (warning.code !== "CIRCULAR_DEPENDENCY") show(warning);
    },
  });
  await build.write({ file, format: "es", sourcemap: true });
  await build.close();
}
