import ts from "typescript";

/**
 * Every import of a TypeScript source: static, type-only, re-export, dynamic, `import("x").T`,
 * `require` and `/// <reference>`. The specifier is null where it is computed.
 */
export function importsOf(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest);
  const found = [];
  const add = (node, specifier) => {
    const position = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ specifier: textOf(specifier), line: position.line + 1 });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node, node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) add(node, node.expression);
    else if (ts.isImportTypeNode(node)) add(node, node.argument.literal);
    else if (isAugmentation(node)) add(node, node.name);
    else if (ts.isCallExpression(node) && isImporting(node.expression))
      add(node, node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { fileName: specifier, pos } of source.typeReferenceDirectives.concat(
    source.referencedFiles.map((file) => ({ ...file, fileName: `./${file.fileName}` })),
  )) {
    found.push({ specifier, line: source.getLineAndCharacterOfPosition(pos).line + 1 });
  }
  return found;
}

/** `declare module "x"`, but not of a pattern, which declares files that are no modules. */
function isAugmentation(node) {
  if (!ts.isModuleDeclaration(node) || !ts.isStringLiteral(node.name)) return false;
  return !node.name.text.includes("*");
}

function isImporting(callee) {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === "require")
  );
}

function textOf(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}
