import { rmSync } from "node:fs";
import { join } from "node:path";
import { Application, JSX, LogLevel } from "typedoc";
import { buildSite as buildPlayground } from "../../apps/playground/build.mjs";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { projectAddresses } from "../publish/addresses.mjs";
import { loadHeadings } from "./headings.mjs";
import { packageReadmes } from "./pages.mjs";
import { addPages } from "./site-pages.mjs";
import { addSources, sourceLinkTemplate } from "./site-sources.mjs";
import { linkNamesOfAllPackages, linkOnlyToShownHierarchies } from "./site-symbols.mjs";

/**
 * Builds the documentation into the folder `out`: the API of all published packages, their READMEs,
 * the guides and the other documents, and the playground. Answers what there was to complain about, one line each.
 */
export async function buildSite(out) {
  rmSync(out, { recursive: true, force: true });
  const app = await Application.bootstrap(options());
  const complaints = [];
  app.logger.log = (message, level) => {
    if (level >= LogLevel.Warn) complaints.push(message.replaceAll(`${root}/`, ""));
  };
  addPages(app);
  linkNamesOfAllPackages(app);
  linkOnlyToShownHierarchies(app);
  addSources(app, projectAddresses().repository);
  withoutIcon(app);
  const project = await app.convert();
  if (project === undefined) return [...complaints, "nothing was converted"];
  app.validate(project);
  await app.generateDocs(project, out);
  // Its maps stand in the guides: see site.js.
  await buildPlayground(join(out, "playground"));
  return complaints;
}

/** Tells browsers that there is no icon: they would ask the server for one, and complain. */
function withoutIcon({ renderer }) {
  renderer.hooks.on("head.begin", () => JSX.createElement("link", { rel: "icon", href: "data:," }));
}

function options() {
  return {
    name: "Mem",
    entryPoints: packageReadmes().map(({ folder }) => inRoot(folder, "src/index.ts")),
    tsconfig: inRoot("tools/docs/tsconfig.json"),
    skipErrorChecking: true, // `npm run typecheck` looks for errors
    basePath: root,
    readme: "none", // addPages sets it
    disableGit: true,
    gitRevision: "HEAD",
    sourceLinkTemplate,
    excludeInternal: true,
    excludePrivate: true,
    customCss: inRoot("tools/docs/site.css"),
    customJs: inRoot("tools/docs/site.js"),
    markdownItLoader: loadHeadings,
    hideGenerator: true,
    githubPages: false,
    sort: ["kind", "instance-first", "alphabetical-ignoring-documents"],
    sortEntryPoints: false,
    alwaysCreateEntryPointModule: true,
    navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
    groupOrder: [
      ...["Guides", "Modules", "Reference", "Documents", "Around the packages"],
      ...["Classes", "Functions", "Interfaces", "Type Aliases", "Variables", "References"],
      ...["Constructors", "Properties", "Accessors", "Methods", "*"],
    ],
    searchInDocuments: true,
    // A symbol that begins with what is typed counts ten times: a guide about it stays before it, and
    // the reference of a package whose name it is, which no guide may be about.
    searchGroupBoosts: { Guides: 800, Reference: 40, Documents: 1.5 },
    highlightLanguages: ["typescript", "javascript", "json", "bash", "c"],
    // What TypeScript's library declares is shown without a link.
    externalSymbolLinkMappings: { typescript: { "*": "#" } },
    validation: {
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
      unusedMergeModuleWith: true,
      notExported: false, // some types of options are told where they are used
      notDocumented: false, // tools/docstrings looks closer
    },
  };
}
