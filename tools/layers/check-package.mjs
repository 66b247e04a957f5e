import { existsSync, readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { importsOf } from "./imports.mjs";
import { allowedImports, nodeOnly, optionalPeers, scope, testHelpers } from "./rules.mjs";

const builtins = new Set(builtinModules);
const isBuiltin = (specifier) => specifier.startsWith("node:") || builtins.has(specifier);

/** The package that a bare specifier belongs to: "@mem/core/src/x.js" -> "@mem/core". */
const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Every violation of one package: "where: what". `entry` is one of `workspacePackages(base)`. */
export function checkPackage(base, entry) {
  return [
    ...checkManifest(entry),
    ...checkFolder(base, entry, "src"),
    ...checkFolder(base, entry, "test"),
  ];
}

/** Why this package may not use that one, or null when it may. */
function refusal({ group, name }, target) {
  if (group !== "packages") return null;
  const allowed = (allowedImports[name] ?? []).map((other) => scope + other);
  if (allowed.includes(target)) return null;
  return `${scope}${name} may import ${allowed.join(", ") || "no other package"}`;
}

function checkManifest(entry) {
  const { group, name, folder, manifest } = entry;
  const where = `${folder}/package.json`;
  const violations = [];
  if (group === "packages" && !Object.hasOwn(allowedImports, name)) {
    violations.push(`${where}: ${scope}${name} has no place in tools/layers/rules.mjs`);
  }
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    for (const [target, version] of Object.entries(manifest[kind] ?? {})) {
      if (!target.startsWith(scope)) {
        if (group === "packages" && !isOptionalPeer(entry, kind, target)) {
          violations.push(`${where}: a library has no outside dependency, but names ${target}`);
        }
        continue;
      }
      const reason = refusal(entry, target);
      if (reason !== null) violations.push(`${where}: depends on ${target}; ${reason}`);
      if (!version.startsWith("workspace:")) {
        violations.push(`${where}: ${target} must be a workspace dependency, not ${version}`);
      }
    }
  }
  return violations;
}

function isOptionalPeer({ name, manifest }, kind, target) {
  const isListed = kind === "peerDependencies" && (optionalPeers[name] ?? []).includes(target);
  return isListed && manifest.peerDependenciesMeta?.[target]?.optional === true;
}

function checkFolder(base, entry, part) {
  const folder = join(base, entry.folder, part);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .sort()
    .flatMap((name) => {
      const file = join(folder, name);
      const where = relative(base, file).split(sep).join("/");
      return importsOf(file, readFileSync(file, "utf8")).flatMap(({ specifier, line }) => {
        const problem = problemWith(specifier, file, base, entry, part === "test");
        return problem === null ? [] : [`${where}:${line}: ${problem}`];
      });
    });
}

function problemWith(specifier, file, base, entry, isTest) {
  const isLibrary = entry.group === "packages";
  if (specifier === null) {
    return isLibrary && !isTest ? "imports a computed name, which cannot be checked" : null;
  }
  if (specifier.startsWith(".") || specifier.startsWith("/")) {
    const home = resolve(base, entry.folder) + sep;
    return resolve(file, "..", specifier).startsWith(home)
      ? null
      : `imports ${specifier}, which is outside the package`;
  }
  if (isBuiltin(specifier)) {
    const isFree = !isLibrary || isTest || nodeOnly.includes(entry.name);
    return isFree ? null : `imports ${specifier}; libraries run in browsers too`;
  }
  const target = packageOf(specifier);
  return target.startsWith(scope)
    ? problemWithWorkspace(specifier, target, entry, isTest)
    : problemWithOutside(target, entry, isTest);
}

function problemWithWorkspace(specifier, target, entry, isTest) {
  // What packages have for each other alone is no business of a program.
  const isPlumbing = specifier === `${target}/plumbing` && entry.group !== "apps";
  if (specifier !== target && !isPlumbing) return `imports ${specifier}, the inside of ${target}`;
  if (target === entry.manifest.name) {
    return isTest ? null : `imports its own package by name (${target})`;
  }
  const reason = isTest && testHelpers.includes(target) ? null : refusal(entry, target);
  if (reason !== null) return `imports ${target}; ${reason}`;
  return isDeclared(target, entry.manifest, isTest) ? null : `${target} is not declared`;
}

function problemWithOutside(target, entry, isTest) {
  if (isTest) return null;
  if (entry.group === "packages") return `imports ${target}, which is not part of the project`;
  return isDeclared(target, entry.manifest, isTest) ? null : `${target} is not declared`;
}

function isDeclared(target, manifest, isTest) {
  const kinds = ["dependencies", "peerDependencies", "optionalDependencies"];
  if (isTest) kinds.push("devDependencies");
  return kinds.some((kind) => Object.hasOwn(manifest[kind] ?? {}, target));
}
