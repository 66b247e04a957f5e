import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Links to the scripts of the page that `start.ts` imports late. */
function preloads(bundle = {}) {
  const page = Object.values(bundle).find(({ facadeModuleId }) =>
    facadeModuleId?.endsWith("/page/main.ts"),
  );
  return [page.fileName, ...page.imports].map((name) => ({
    tag: "link",
    attrs: { rel: "modulepreload", href: `./${name}` },
    injectTo: "head",
  }));
}

/** The packages are bundled from their sources; every address in the page is relative. */
export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: here("public"),
  resolve: {
    alias: [
      { find: /^@mem\/pc-machine$/, replacement: here("../pc-machine/src/index.ts") },
      {
        find: /^@mem\/([a-z0-9-]+)\/plumbing$/,
        replacement: here("../../packages/$1/src/plumbing.ts"),
      },
      { find: /^@mem\/([a-z0-9-]+)$/, replacement: here("../../packages/$1/src/index.ts") },
    ],
  },
  // All comes from where the page does; marked otherwise, a page opened as a file would have no style, either.
  plugins: [
    {
      name: "own-files",
      transformIndexHtml: { order: "post", handler: (html) => html.replaceAll(" crossorigin", "") },
    },
    {
      // What the machine is started before is fetched at the same time, not when that has run.
      name: "page-with-machine",
      transformIndexHtml: {
        order: "post",
        handler: (_html, { filename, bundle }) =>
          filename === here("index.html") ? preloads(bundle) : [],
      },
    },
  ],
  worker: {
    format: "es",
    // What the PC's worker imports: the PC.
    rolldownOptions: { output: { chunkFileNames: "assets/machine-[hash].js" } },
  },
  build: {
    target: "es2022",
    outDir: here("../../.cache/playground"),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1024,
    rolldownOptions: {
      input: { index: here("index.html"), lesson: here("lesson.html") },
      // How long a build takes depends on the host; nobody who opens the page can do anything about it.
      checks: { bundlerTimings: false },
    },
  },
});
