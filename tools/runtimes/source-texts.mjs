import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { inRoot } from "../bootstrap/paths.mjs";
import { workspacePackages } from "../bootstrap/workspace.mjs";

/**
 * Texts by which a bundle gives away that it holds code of the sources whose path (such as
 * `packages/flat/src/mtree/mtree.ts`) `isMeant` accepts: strings of theirs that are in no other source.
 */
export function tellingTexts(isMeant) {
  const files = sources();
  const others = files
    .filter((file) => !isMeant(file))
    .map((file) => readFileSync(inRoot(file), "utf8"))
    .join("\n");
  const texts = files.filter(isMeant).flatMap(textsOf);
  return [...new Set(texts)].filter((text) => !others.includes(text));
}

function sources() {
  return workspacePackages()
    .filter(({ group }) => group === "packages")
    .flatMap(({ folder }) =>
      readdirSync(inRoot(folder, "src"), { recursive: true })
        .map((file) => `${folder}/src/${String(file).replaceAll("\\", "/")}`)
        .filter((file) => statSync(join(inRoot(), file)).isFile()),
    );
}

/** The strings in the code of a file, and the pieces of its templates, from ten characters on. */
function textsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(inRoot(file), "utf8"), {
    languageVersion: ts.ScriptTarget.ES2022,
  });
  const texts = [];
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) texts.push(node.text);
    else if (ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  // Without what a bundler may write otherwise.
  return texts.filter((text) => /^[\x20-\x7e]{10,}$/.test(text) && !/["'`\\$]/.test(text));
}
