import { QomArgumentError } from "../errors/index.js";
import { checkOptions, type OptionRefusal, type OptionTable } from "../options/check-options.js";
import {
  aFlag,
  aFunction,
  aList,
  anyObject,
  anything,
  aText,
  oneOf,
  type OptionKind,
} from "../options/kinds.js";
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

const TYPE: OptionTable = {
  call: "types.register",
  required: { name: aText },
  optional: {
    parent: aText,
    abstract: aFlag,
    interfaces: aList,
    isInterface: aFlag,
    classInit: aFunction,
    construct: aFunction,
    instanceInit: aFunction,
    instancePostInit: aFunction,
    instanceFinalize: aFunction,
  },
};

const RESOLVE: OptionTable = { call: "resolve", optional: { type: aText } };

const LEAKS: OptionTable = { call: "leaks", optional: { all: aFlag } };

const CREATE: OptionTable = {
  call: "create",
  optional: { parent: anObject, name: aText, props: anyObject },
};

const PROPERTY: OptionTable = {
  call: "addProperty",
  required: { name: aText, type: anyObject },
  optional: {
    description: aText,
    default: anything,
    get: aFunction,
    set: aFunction,
    access: oneOf("read-write", "read-only", "write-only"),
    release: aFunction,
  },
};

const LINK: OptionTable = {
  call: "addLink",
  required: { name: aText, target: aText },
  optional: {
    description: aText,
    strong: aFlag,
    writable: aFlag,
    check: aFunction,
    changed: aFunction,
  },
};

const ALIAS: OptionTable = {
  call: "addAlias",
  required: { name: aText, target: anObject },
  optional: { targetName: aText, description: aText },
};

const TABLES = {
  type: TYPE,
  create: CREATE,
  property: PROPERTY,
  link: LINK,
  alias: ALIAS,
  resolve: RESOLVE,
  leaks: LEAKS,
};

/**
 * Checks the definition of a type, a property, a link or an alias, or the options of a call: what
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
  const required = { objects: anyObject, klass: anyObject };
  checkOptions(init, { call, required, isOpen: true }, refuse);
}
