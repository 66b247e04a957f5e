import ts from "typescript";
import { sourcesOf } from "./sources.mjs";

/**
 * The exported functions, and the members of exported classes, of a source that throw while their
 * docstring has no `@throws`, as `file:line: …`; for readers of the docstring alone, so what is
 * exported for the packages themselves counts too. They throw themselves, or by calling a function of
 * the source or a member of their class that does; a constructor gives those what it made. A member without a docstring has that of the class or
 * interface that it implements. What a body catches itself, passes on from a `catch`, or has in a
 * closure is not its own.
 */
export function untoldThrowsIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return callablesOf(source)
    .filter(({ call, holder, inherits }) => {
      const throws =
        throwsItself(call.body) || (!ts.isConstructorDeclaration(call) && callsOneThatThrows(call));
      if (!throws) return false;
      const doc = docOf(holder);
      return !/@throws\b/.test(doc) && !(inherits && doc === "");
    })
    .map(({ call, name }) => {
      const line = source.getLineAndCharacterOfPosition(call.getStart()).line + 1;
      return `${file}:${line}: ${name} throws, and has no @throws`;
    });
}

/** The same of every source of every package. */
export function allUntoldThrows() {
  return sourcesOf("packages").flatMap(({ file, text }) => untoldThrowsIn(file, text));
}

/** The functions that a source exports, and the members of its classes, with a body. */
function callablesOf(source) {
  return source.statements.filter(isExported).flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return callable(statement, statement, statement);
    if (ts.isClassDeclaration(statement)) return membersOf(statement);
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap((it) =>
      it.initializer !== undefined && ts.isFunctionLike(it.initializer)
        ? callable(it.initializer, statement, it)
        : [],
    );
  });
}

function membersOf(owner) {
  const inherits = owner.heritageClauses !== undefined;
  return owner.members
    .filter((member) => ts.isFunctionLike(member) && !isHidden(member))
    .flatMap((member) => callable(member, member, member, owner.name?.text, inherits));
}

function callable(call, holder, named, owner, inherits = false) {
  if (call.body === undefined) return [];
  const own = named.name?.getText() ?? (owner === undefined ? "default" : "constructor");
  return [{ call, holder, name: owner === undefined ? own : `${owner}.${own}`, inherits }];
}

function isExported(statement) {
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isHidden(member) {
  const isPrivate = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private;
  return isPrivate !== 0 || (member.name !== undefined && ts.isPrivateIdentifier(member.name));
}

/** The docstrings of a declaration, and of others of its name: overloads, the other half of an accessor. */
function docOf(holder) {
  const name = textOf(holder.name);
  const beside = holder.parent.members ?? holder.parent.statements ?? [];
  const alike = beside.filter((it) => it !== holder && name && textOf(it.name) === name);
  return [holder, ...alike]
    .flatMap((it) => ts.getJSDocCommentsAndTags(it))
    .filter((node) => ts.isJSDoc(node))
    .map((node) => node.getText())
    .join("\n");
}

/** True if the body calls a function beside it, or a member of its own class, whose own body throws. */
function callsOneThatThrows(call) {
  const calls = (node) => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isTryStatement(node) && node.catchClause !== undefined) return false;
    if (ts.isCallExpression(node)) {
      const called = declarationOf(node.expression, call);
      if (called?.body && called !== call && throwsItself(called.body)) return true;
    }
    return ts.forEachChild(node, (child) => calls(child) || undefined) ?? false;
  };
  return calls(call.body);
}

function declarationOf(callee, call) {
  if (ts.isIdentifier(callee)) {
    const { statements } = call.getSourceFile();
    return statements.find((it) => ts.isFunctionDeclaration(it) && isNamed(it, callee) && it.body);
  }
  const isOwn = callee.expression?.kind === ts.SyntaxKind.ThisKeyword && callee.name !== undefined;
  return isOwn ? call.parent.members?.find((it) => isNamed(it, callee.name)) : undefined;
}

const isNamed = (declaration, name) => textOf(declaration.name) === textOf(name);

/** The text of a name, which most keep: cut from the source it costs a scan each time. */
const textOf = (name) => name?.text ?? name?.getText();

/** Whether something is thrown by this node itself, and leaves it. `caught` names what a `catch` caught. */
function throwsItself(node, caught = undefined) {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  if (ts.isThrowStatement(node))
    return caught === undefined || node.expression.getText() !== caught;
  if (ts.isTryStatement(node) && node.catchClause !== undefined) {
    const { catchClause, finallyBlock } = node;
    const name = catchClause.variableDeclaration?.name.getText() ?? caught;
    if (throwsItself(catchClause.block, name)) return true;
    return finallyBlock !== undefined && throwsItself(finallyBlock, caught);
  }
  return ts.forEachChild(node, (child) => throwsItself(child, caught) || undefined) ?? false;
}
