import { QomError } from "./qom-error.js";

/** A property name taken by the object itself or by its class. Rule `property-duplicate`. */
export class DuplicatePropertyError extends QomError {
  static override readonly name: string = "DuplicatePropertyError";

  constructor(path: string, typeName: string, name: string) {
    super(`Property '${typeName}.${name}' exists already (object ${path})`, {
      rule: "property-duplicate",
      path,
      names: [typeName, name],
    });
  }
}

/** No property of that name on the object or its class. Rule `property-unknown`. */
export class PropertyNotFoundError extends QomError {
  static override readonly name: string = "PropertyNotFoundError";

  constructor(path: string, typeName: string, name: string) {
    super(`Property '${typeName}.${name}' not found`, {
      rule: "property-unknown",
      path,
      names: [typeName, name],
    });
  }
}

/**
 * Writing a read-only property, reading a write-only one. Rules `property-not-writable`, `property-not-readable`.
 */
export class PropertyAccessError extends QomError {
  static override readonly name: string = "PropertyAccessError";

  constructor(path: string, typeName: string, name: string, wanted: "readable" | "writable") {
    super(`Property '${typeName}.${name}' is not ${wanted}`, {
      rule: `property-not-${wanted}`,
      path,
      names: [typeName, name],
    });
  }
}

/** A value of the wrong type, out of range, or refused by a check hook. Rule `property-value`. */
export class PropertyValueError extends QomError {
  static override readonly name: string = "PropertyValueError";

  constructor(path: string, typeName: string, name: string, why: string, cause?: unknown) {
    super(`Property '${typeName}.${name}' ${why} (object ${path})`, {
      rule: "property-value",
      path,
      names: [typeName, name],
      cause,
    });
  }
}

/** A name that no path could reach, or that is malformed. Rule `property-name`. */
export class PropertyNameError extends QomError {
  static override readonly name: string = "PropertyNameError";

  constructor(path: string, name: string, why: string) {
    super(`'${name}' is no property name: ${why} (object ${path})`, {
      rule: "property-name",
      path,
      names: [name],
    });
  }
}

/**
 * A definition that contradicts itself, such as a default outside its own type. Rule `property-definition`.
 */
export class PropertyDefinitionError extends QomError {
  static override readonly name: string = "PropertyDefinitionError";

  constructor(where: string, name: string, why: string) {
    super(`Property '${name}' of ${where} cannot be defined: ${why}`, {
      rule: "property-definition",
      path: where,
      names: [name],
    });
  }
}

/** An alias that would lead back to itself. Rule `alias-cycle`. */
export class AliasCycleError extends QomError {
  static override readonly name: string = "AliasCycleError";

  constructor(path: string, name: string, targetPath: string, targetName: string) {
    super(
      `Alias '${name}' of ${path} would lead back to itself through '${targetName}' of ${targetPath}`,
      { rule: "alias-cycle", path, names: [name, targetPath, targetName] },
    );
  }
}
