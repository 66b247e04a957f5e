import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { Converter, DocumentReflection, MinimalSourceFile, normalizePath, Slugger } from "typedoc";
import { inRoot } from "../bootstrap/paths.mjs";
import { documents, guides, packageReadmes, packageReferences } from "./pages.mjs";
import { linkWords } from "../publish/addresses.mjs";
import { Pages } from "./references.mjs";
import { onlyLinksTo, plainBlocks, referencesAsLinks } from "./site-links.mjs";

const path = (file) => normalizePath(inRoot(file));

/**
 * Adds what is no API to the site: guides and documents; the READMEs, as the pages of the packages;
 * and links where docstrings refer to a guide or a README.
 */
export function addPages({ converter }) {
  const pages = [...guides(), ...documents(), ...packageReferences()];
  const readmes = packageReadmes();
  const front = { file: "README.md", text: readFileSync(inRoot("README.md"), "utf8") };
  const shown = onlyLinksTo([...pages, ...readmes, front].map(({ file }) => file));
  const parse = ({ file, text }, { files }) => {
    const linked = linkWords(text, (target) => posix.relative(posix.dirname(file), target));
    const source = new MinimalSourceFile(plainBlocks(shown(file, linked)), path(file));
    return converter.parseRawComment(source, files).content;
  };
  const withoutTitle = (page) => ({ ...page, text: page.text.replace(/^# .*\n/, "") });

  converter.on(Converter.EVENT_BEGIN, ({ project }) => {
    for (const page of pages) addDocument(project, page, parse(page, project));
  });
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    project.readme = parse(withoutTitle(front), project);
    project.files.registerReflectionPath(path(front.file), project);
    for (const readme of readmes) {
      addReadme(project, readme, parse(withoutTitle(readme), project));
    }
    linkReferences(converter, project);
  });
}

function addDocument(project, { file, title, group }, content) {
  const document = new DocumentReflection(title, project, content, { group });
  project.addChild(document);
  project.registerReflection(document, undefined, path(file));
  if (posix.basename(file) === "README.md") {
    project.files.registerReflectionPath(path(dirname(file)), document);
  }
}

/** A package's page is its README, and has the package's name. */
function addReadme(project, { file, folder, name }, content) {
  const entry = path(`${folder}/src/index.ts`);
  const module = project.children?.find((it) => project.files.getReflectionPath(it) === entry);
  if (module === undefined) throw new Error(`docs: nothing was found in ${entry}`);
  module.name = name;
  module.readme = content;
  delete module.comment;
  for (const each of [file, folder]) project.files.registerReflectionPath(path(each), module);
}

function linkReferences(converter, project) {
  const pages = new Pages();
  const anchor = (heading) => new Slugger({ lowercase: true }).slug(heading);
  const link = referencesAsLinks(pages, anchor);
  for (const { comment } of Object.values(project.reflections)) {
    for (const tag of comment?.getTags("@see") ?? []) {
      const text = tag.content.map((part) => part.text).join("");
      const linked = link(text);
      if (linked === text || tag.content.some(({ kind }) => kind === "inline-tag")) continue;
      const source = new MinimalSourceFile(linked, path("README.md"));
      tag.content = converter.parseRawComment(source, project.files).content;
    }
  }
}
