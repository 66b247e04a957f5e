import ts from "typescript";

/**
 * Every import of a TypeScript source: static, type-only, re-export, dynamic, `import("x").T`,
 * `require` and `/// <reference>`. The specifier is null where it is computed.
 */
export function importsOf(fileName, text) {
  const source = ts.createSourceFile(fileName, text, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const found = [];
  const add = (node, specifier) => {
    const position = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ specifier: textOf(specifier), line: position.line + 1 });
  };
  const visitStatement = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node, node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) add(node, node.expression);
    else if (ts.isImportTypeNode(node)) add(node, node.argument.literal);
    else if (isAugmentation(node)) add(node, node.name);
    else if (ts.isCallExpression(node) && isImporting(node.expression))
      add(node, node.arguments[0]);
  };
  const visit = (node) => {
    visitStatement(node);
    ts.forEachChild(node, visit);
  };
  if (hasOthers(text)) visit(source);
  else source.statements.forEach(visitStatement);
  for (const { fileName: specifier, pos } of source.typeReferenceDirectives.concat(
    source.referencedFiles.map((file) => ({ ...file, fileName: `./${file.fileName}` })),
  )) {
    found.push({ specifier, line: source.getLineAndCharacterOfPosition(pos).line + 1 });
  }
  return found;
}

/** True if imports may stand elsewhere than at the beginning of a statement; most sources have none. */
function hasOthers(text) {
  const statements = text.match(/^import\s+[\w$*{"']/gm) ?? [];
  return /\brequire\b/.test(text) || (text.match(/\bimport\b/g) ?? []).length > statements.length;
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
