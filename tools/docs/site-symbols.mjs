import { Converter, ReflectionKind } from "typedoc";

/**
 * Has `{@link NAME}` find what any package exports under that name, also from a file that does not
 * import it. A member of a type alias has no page of its own: the alias stands for it.
 */
export function linkNamesOfAllPackages({ converter }) {
  converter.addUnknownSymbolResolver((reference, reflection, part) => {
    const names = reference.symbolReference?.path?.map(({ path }) => path) ?? [];
    if (part === undefined || names.length === 0) return undefined;
    const target = findIn(reflection.project, names);
    return target && { target, caption: names.join(".") };
  });
}

function findIn(project, [name, ...members]) {
  const exported = (project.children ?? [])
    .flatMap((module) => module.children ?? [])
    .find((child) => child.name === name && !child.kindOf(ReflectionKind.Reference));
  if (exported === undefined || exported.kindOf(ReflectionKind.TypeAlias)) return exported;
  return members.reduce(
    (target, member) => target?.children?.find((child) => child.name === member),
    exported,
  );
}

/**
 * The page of the hierarchy shows classes and interfaces. What extends nothing but a type alias is
 * not on it, and so has no link there.
 */
export function linkOnlyToShownHierarchies({ converter }) {
  converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      for (const reflection of project.getReflectionsByKind(ReflectionKind.ClassOrInterface)) {
        const bases = [...(reflection.extendedTypes ?? []), ...(reflection.implementedTypes ?? [])];
        const isHidden = ({ reflection: base }) => base?.kindOf(ReflectionKind.TypeAlias);
        if (bases.length > 0 && bases.every(isHidden)) delete reflection.typeHierarchy;
      }
    },
    -1000,
  );
}
