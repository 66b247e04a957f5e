import { basename, dirname } from "node:path";
import { build as buildWithEsbuild } from "esbuild";
import { build as buildWithVite } from "vite";

/**
 * What bundles programs, as their users have them do by default: each makes one minified ES module
 * of `input`, which lies in a project, as `output`. With `keepNames` classes keep theirs, which
 * errors show.
 */
export const bundlers = {
  esbuild: ({ input, output, target, keepNames }) =>
    buildWithEsbuild({
      entryPoints: [input],
      outfile: output,
      bundle: true,
      minify: true,
      keepNames,
      format: "esm",
      platform: target,
      logLevel: "silent",
    }),
  vite: ({ input, output, target, keepNames }) =>
    buildWithVite({
      configFile: false,
      root: dirname(input),
      logLevel: "silent",
      build: {
        outDir: dirname(output),
        emptyOutDir: false,
        copyPublicDir: false,
        modulePreload: false,
        minify: true,
        target: "es2022",
        ssr: target === "node",
        rolldownOptions: {
          input,
          output: { format: "es", entryFileNames: basename(output), keepNames },
          preserveEntrySignatures: false,
        },
      },
      ...(target === "node" ? { ssr: { noExternal: true } } : {}),
    }),
};
