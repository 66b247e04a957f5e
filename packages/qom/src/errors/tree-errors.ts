import { QomError } from "./qom-error.js";

/**
 * Adding a child that already has a parent. Rule `child-has-parent`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class AlreadyParentedError extends QomError {
  static override readonly name: string = "AlreadyParentedError";

  constructor(path: string, childPath: string, name: string) {
    super(
      "child-has-parent",
      `${childPath} has a parent already and cannot become child '${name}' of ${path}`,
      { path, names: [name, childPath] },
    );
  }
}

/**
 * Adding an object below itself, or giving the root a parent. Rule `composition-cycle`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class CompositionCycleError extends QomError {
  static override readonly name: string = "CompositionCycleError";

  constructor(path: string, childPath: string, name: string) {
    super(
      "composition-cycle",
      `${childPath} is ${path} itself or one of its ancestors and cannot become its child '${name}'`,
      { path, names: [name, childPath] },
    );
  }
}

/**
 * Mixing objects of two object systems. Rule `foreign-object`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class ForeignObjectError extends QomError {
  static override readonly name: string = "ForeignObjectError";

  constructor(path: string, otherPath: string, role: string) {
    super("foreign-object", `${otherPath}, ${role} ${path}, belongs to another object system`, {
      path,
      names: [otherPath],
    });
  }
}

/**
 * Using an object that was constructed but not adopted, or adopting one twice. Rules `not-adopted`, `adopted-twice`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class AdoptionError extends QomError {
  static override readonly name: string = "AdoptionError";

  constructor(path: string, rule: "not-adopted" | "adopted-twice") {
    super(
      rule,
      rule === "not-adopted"
        ? `${path} was constructed but not adopted by its object system`
        : `${path} was adopted already`,
      { path },
    );
  }
}

/**
 * A path that leads nowhere. Rule `path-unknown`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class PathNotFoundError extends QomError {
  static override readonly name: string = "PathNotFoundError";

  constructor(path: string) {
    super("path-unknown", `Path '${path}' could not be resolved.`, { names: [path] });
  }
}

/**
 * A partial path that several objects answer to. Rule `path-ambiguous`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class AmbiguousPathError extends QomError {
  static override readonly name: string = "AmbiguousPathError";

  constructor(path: string) {
    super("path-ambiguous", `Path '${path}' is ambiguous`, { names: [path] });
  }
}

/**
 * A path of the wrong form, such as a relative one where an absolute one is needed. Rule `path-form`.
 * @see the README of `@mem/qom`, "Errors"
 */
export class PathFormError extends QomError {
  static override readonly name: string = "PathFormError";

  constructor(path: string, why: string) {
    super("path-form", `Path '${path}' ${why}`, { names: [path] });
  }
}
