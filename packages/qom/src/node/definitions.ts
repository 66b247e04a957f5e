import { QomArgumentError } from "../errors/index.js";
import { checkOptions, type OptionRefusal, type OptionTable } from "../options/check-options.js";
import { option, type OptionKind } from "../options/kinds.js";
import { isObjectNode } from "./object-node.js";

/** An object of a tree, as an option or argument. */
export const anObject: OptionKind = { expects: "an object of a tree", accepts: isObjectNode };

/**
 * Refuses wrong arguments.
 * @throws QomArgumentError always, with the rule and the name of the option
 */
export const refuse: OptionRefusal = (message, details) => {
  throw new QomArgumentError(message, details);
};

const { any, callback, flag, list, text } = option;

const TYPE: OptionTable = {
  call: "types.register",
  required: { name: text },
  optional: {
    parent: text,
    abstract: flag,
    interfaces: list,
    isInterface: flag,
    classInit: callback,
    construct: callback,
    instanceInit: callback,
    instancePostInit: callback,
    instanceFinalize: callback,
  },
};

const CREATE: OptionTable = {
  call: "create",
  optional: { parent: anObject, name: text, props: option.object },
};

const PROPERTY: OptionTable = {
  call: "addProperty",
  required: { name: text, type: option.object },
  optional: {
    description: text,
    default: any,
    get: callback,
    set: callback,
    access: option.oneOf("read-write", "read-only", "write-only"),
    release: callback,
  },
};

const LINK: OptionTable = {
  call: "addLink",
  required: { name: text, target: text },
  optional: {
    description: text,
    strong: flag,
    writable: flag,
    check: callback,
    changed: callback,
  },
};

const ALIAS: OptionTable = {
  call: "addAlias",
  required: { name: text, target: anObject },
  optional: { targetName: text, description: text },
};

const TABLES = { type: TYPE, create: CREATE, property: PROPERTY, link: LINK, alias: ALIAS };

/**
 * Checks the definition of a type, a property, a link or an alias, or the options of `create`: what
 * TypeScript's compiler says, said to everybody else.
 * @throws QomArgumentError
 */
export function checkDefinition(definition: unknown, of: keyof typeof TABLES): void {
  checkOptions(definition, TABLES[of], refuse);
}

/** @throws ArgumentError for an object that is made by hand and not by its tree */
export function checkInit(init: unknown, name: string): void {
  const { objects, klass } = (init ?? {}) as { objects?: unknown; klass?: unknown };
  if (typeof objects === "object" && typeof klass === "object" && klass !== null) return;
  const call = `new ${name}`;
  const required = { objects: option.object, klass: option.object };
  checkOptions(init, { call, required, isOpen: true }, refuse);
}
