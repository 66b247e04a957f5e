/** A request to its command, and the answer. */
import type { QmpCommand } from "./command.js";
import { isObject, type JsonObject, type JsonValue } from "./json/json-value.js";
import { QmpError } from "./qmp-error.js";
import { checkMembers } from "./schema.js";
import type { QmpTarget } from "./target.js";

/** Capabilities that a connection has agreed on. */
export interface QmpCapabilities {
  negotiated: boolean;
  oob: boolean;
}

/** Services from which requests are answered. */
export interface QmpSurroundings {
  readonly target: QmpTarget;
  readonly commands: ReadonlyMap<string, QmpCommand>;
  readonly capabilities: QmpCapabilities;
}

const NEGOTIATE = "qmp_capabilities";

/** True if `request` is to be carried out before those that wait. */
export function isOutOfBand(request: JsonValue, { oob }: QmpCapabilities): boolean {
  return oob && isObject(request) && Object.hasOwn(request, "exec-oob");
}

/** The answer to `request`, or to what is no JSON; a promise of it where it takes its time. */
export function answer(
  around: QmpSurroundings,
  request: JsonValue,
): JsonObject | Promise<JsonObject> {
  const id = isObject(request) && Object.hasOwn(request, "id") ? { id: request["id"] ?? null } : {};
  const failed = (error: unknown): JsonObject => {
    if (!(error instanceof QmpError)) throw error;
    return { ...id, ...errorAnswer(error) };
  };
  const done = (result: unknown): JsonObject => ({ return: (result ?? {}) as JsonValue, ...id });
  try {
    const result = carryOut(around, request);
    return result instanceof Promise ? result.then(done, failed) : done(result);
  } catch (error) {
    return failed(error);
  }
}

/** The answer that tells of `error`. */
export function errorAnswer({ errorClass, message }: QmpError): JsonObject {
  return { error: { class: errorClass, desc: message } };
}

function carryOut(around: QmpSurroundings, request: JsonValue): unknown {
  if (!isObject(request)) throw new QmpError("QMP input must be a JSON object");
  const { capabilities, commands, target } = around;
  const { name, args, isOob } = membersOf(request, capabilities);
  if (!capabilities.negotiated && name !== NEGOTIATE) {
    throw new QmpError(
      commands.has(name)
        ? `Expecting capabilities negotiation with '${NEGOTIATE}'`
        : `The command ${name} has not been found`,
      { errorClass: "CommandNotFound" },
    );
  }
  if (name === NEGOTIATE && capabilities.negotiated) {
    throw new QmpError("Capabilities negotiation is already complete, command ignored", {
      errorClass: "CommandNotFound",
    });
  }
  const command = commands.get(name);
  if (command === undefined) {
    throw new QmpError(`The command ${name} has not been found`, { errorClass: "CommandNotFound" });
  }
  if (isOob && !command.oob) throw new QmpError(`The command ${name} does not support OOB`);
  if (target.preconfig && !command.early) {
    throw new QmpError(
      `The command '${name}' is permitted only after machine initialization has completed`,
    );
  }
  const checked = checkMembers(command.members, args, command.open);
  const result = command.run(target, checked);
  if (name === NEGOTIATE) {
    const enabled: unknown = args["enable"];
    capabilities.negotiated = true;
    capabilities.oob = Array.isArray(enabled) && enabled.includes("oob");
  }
  return result;
}

function membersOf(
  request: JsonObject,
  { oob }: QmpCapabilities,
): { readonly name: string; readonly args: JsonObject; readonly isOob: boolean } {
  let name: string | null = null;
  let verb = "";
  let args: JsonObject = {};
  for (const [member, value] of Object.entries(request)) {
    if (member === "execute" || (member === "exec-oob" && oob)) {
      if (typeof value !== "string") {
        throw new QmpError(`QMP input member '${member}' must be a string`);
      }
      if (name !== null) throw new QmpError("QMP input member 'execute' clashes with 'exec-oob'");
      name = value;
      verb = member;
    } else if (member === "arguments") {
      if (!isObject(value)) throw new QmpError("QMP input member 'arguments' must be an object");
      args = value;
    } else if (member !== "id") {
      throw new QmpError(`QMP input member '${member}' is unexpected`);
    }
  }
  if (name === null) throw new QmpError("QMP input lacks member 'execute'");
  return { name, args, isOob: verb === "exec-oob" };
}
