import { QomError } from "./qom-error.js";

/** A type name that nobody registered. Rule `type-unknown`. */
export class UnknownTypeError extends QomError {
  static override readonly name: string = "UnknownTypeError";

  constructor(name: string, usedBy: string | null = null) {
    const tail = usedBy === null ? "" : ` (named by type '${usedBy}')`;
    super(`Type '${name}' is not registered${tail}`, {
      rule: "type-unknown",
      names: usedBy === null ? [name] : [name, usedBy],
    });
  }
}

/** A type name registered twice with different definitions. Rule `type-conflict`. */
export class TypeConflictError extends QomError {
  static override readonly name: string = "TypeConflictError";

  constructor(name: string, field: string) {
    super(`Type '${name}' is already registered with a different definition ('${field}' differs)`, {
      rule: "type-conflict",
      names: [name, field],
    });
  }
}

/** A definition that contradicts itself or its parents. Rule `type-definition`. */
export class TypeDefinitionError extends QomError {
  static override readonly name: string = "TypeDefinitionError";

  constructor(name: string, why: string, names: readonly string[] = []) {
    super(`Type '${name}' cannot be defined: ${why}`, {
      rule: "type-definition",
      names: [name, ...names],
    });
  }
}

/** Instantiating an abstract type or an interface. Rule `type-abstract`. */
export class AbstractTypeError extends QomError {
  static override readonly name: string = "AbstractTypeError";

  constructor(name: string, what: "abstract" | "an interface") {
    super(`Type '${name}' is ${what} and has no instances`, {
      rule: "type-abstract",
      names: [name],
    });
  }
}

/** Changing a class outside its class init. Rule `class-sealed`. */
export class ClassSealedError extends QomError {
  static override readonly name: string = "ClassSealedError";

  constructor(name: string, what: string) {
    super(`Class '${name}' is initialised already: ${what} belongs into its classInit`, {
      rule: "class-sealed",
      names: [name],
    });
  }
}
