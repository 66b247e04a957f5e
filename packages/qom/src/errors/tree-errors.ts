import { QomError } from "./qom-error.js";

/** Adding a child that already has a parent. Rule `child-has-parent`. */
export class AlreadyParentedError extends QomError {
  static override readonly name: string = "AlreadyParentedError";

  constructor(path: string, childPath: string, name: string) {
    super(`${childPath} has a parent already and cannot become child '${name}' of ${path}`, {
      rule: "child-has-parent",
      path,
      names: [name, childPath],
    });
  }
}

/** Adding an object below itself, or giving the root a parent. Rule `composition-cycle`. */
export class CompositionCycleError extends QomError {
  static override readonly name: string = "CompositionCycleError";

  constructor(path: string, childPath: string, name: string) {
    super(
      `${childPath} is ${path} itself or one of its ancestors and cannot become its child '${name}'`,
      { rule: "composition-cycle", path, names: [name, childPath] },
    );
  }
}

/** Mixing objects of two object systems. Rule `foreign-object`. */
export class ForeignObjectError extends QomError {
  static override readonly name: string = "ForeignObjectError";

  constructor(path: string, otherPath: string, role: string) {
    super(`${otherPath}, ${role} ${path}, belongs to another object system`, {
      rule: "foreign-object",
      path,
      names: [otherPath],
    });
  }
}

/**
 * Using an object that was constructed but not adopted, or adopting one twice. Rules `not-adopted`, `adopted-twice`.
 */
export class AdoptionError extends QomError {
  static override readonly name: string = "AdoptionError";

  constructor(path: string, rule: "not-adopted" | "adopted-twice") {
    super(
      rule === "not-adopted"
        ? `${path} was constructed but not adopted by its object system`
        : `${path} was adopted already`,
      { rule, path },
    );
  }
}

/** A path that leads nowhere. Rule `path-unknown`. */
export class PathNotFoundError extends QomError {
  static override readonly name: string = "PathNotFoundError";

  constructor(path: string) {
    super(`Path '${path}' could not be resolved.`, { rule: "path-unknown", names: [path] });
  }
}

/** A partial path that several objects answer to. Rule `path-ambiguous`. */
export class AmbiguousPathError extends QomError {
  static override readonly name: string = "AmbiguousPathError";

  constructor(path: string) {
    super(`Path '${path}' is ambiguous`, { rule: "path-ambiguous", names: [path] });
  }
}

/**
 * A path of the wrong form, such as a relative one where an absolute one is needed. Rule `path-form`.
 */
export class PathFormError extends QomError {
  static override readonly name: string = "PathFormError";

  constructor(path: string, why: string) {
    super(`Path '${path}' ${why}`, { rule: "path-form", names: [path] });
  }
}
