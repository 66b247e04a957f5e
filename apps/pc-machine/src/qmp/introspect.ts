/** `query-qmp-schema`: commands, events and types as QEMU describes them. */
import { EVENTS } from "./events.js";
import { qmp, type QmpMembers, type QmpShape, type QmpSignature, type QmpType } from "./schema.js";

type Info = Readonly<Record<string, unknown>>;

/** All of it. Types have numbers for names, as in QEMU. */
export function introspect(commands: readonly QmpSignature[]): readonly Info[] {
  const types = new Types();
  const described: Info[] = [
    ...commands.map(({ name, members, open, returns, oob }) => ({
      name,
      "ret-type": types.of(returns),
      "meta-type": "command",
      "arg-type": types.of(qmp.object(members, open)),
      "allow-oob": oob,
    })),
    ...[...EVENTS].map(([name, data]) => ({
      name,
      "meta-type": "event",
      "arg-type": types.of(data),
    })),
  ];
  return [...described, ...types.all];
}

class Types {
  readonly #names = new Map<string, string>();
  readonly #infos: Info[] = [];

  get all(): readonly Info[] {
    return this.#infos;
  }

  /** The name of a type; equal types have one name. */
  of({ shape }: QmpType<unknown>): string {
    const key = keyOf(shape);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#nameOf(shape);
    this.#names.set(key, name);
    this.#infos.push(this.#describe(shape, name));
    return name;
  }

  #nameOf(shape: QmpShape): string {
    if (shape.meta === "builtin") return shape.name;
    return shape.meta === "array" ? `[${this.of(shape.of)}]` : String(this.#names.size);
  }

  #describe(shape: QmpShape, name: string): Info {
    switch (shape.meta) {
      case "builtin":
        return { name, "json-type": shape.json, "meta-type": "builtin" };
      case "enum":
        return {
          name,
          "meta-type": "enum",
          members: shape.words.map((word) => ({ name: word })),
          values: shape.words,
        };
      case "array":
        return { name, "element-type": this.of(shape.of), "meta-type": "array" };
      case "object":
        return { name, "meta-type": "object", members: this.#members(shape.members) };
    }
  }

  #members(members: QmpMembers): readonly Info[] {
    return Object.entries(members).map(([name, type]) => ({
      name,
      ...(type.isOptional === true ? { default: null } : {}),
      type: this.of(type),
    }));
  }
}

function keyOf(shape: QmpShape): string {
  switch (shape.meta) {
    case "builtin":
      return shape.name;
    case "enum":
      return `enum ${shape.words.join()}`;
    case "array":
      return `[${keyOf(shape.of.shape)}]`;
    case "object": {
      const members = Object.entries(shape.members).map(
        ([name, type]) => `${name}${type.isOptional === true ? "?" : ""}:${keyOf(type.shape)}`,
      );
      return `{${members.join()}${shape.open ? ",*" : ""}}`;
    }
  }
}
