/** Properties of devices: what can be set when one is plugged in, each with its type. */
import { MemError } from "@mem/qom";

import { isBytes } from "../../host/bytes.js";
import type { CharBackend } from "../../host/chardev.js";
import type { Network } from "../../net/network.js";
import type { MemoryBackendLink } from "../../objects/memory-backend.js";
import type { RandomLink } from "../../objects/random-source.js";
import type { DriveBackend } from "../../storage/drive-backend.js";

/** Meaning of a property's text: `-device` knows files and names. */
export type PropertyKind =
  "value" | "chardev" | "drive" | "netdev" | "file" | "memory" | "random" | "object";

/** A text that is no value of the property. Rule `property-syntax`. */
export class PropertySyntaxError extends MemError {
  static override readonly name: string = "PropertySyntaxError";

  constructor(message: string) {
    super(message, { rule: "property-syntax" });
  }
}

/** One property. */
export interface Property<T> {
  /** Meaning of its text. */
  readonly kind: PropertyKind;
  /** Its type as QEMU calls it: `uint32`, `bool`, `str`. */
  readonly type: string;
  /** Help in a few words. */
  readonly help: string;
  /** Default value; absent where it must be. */
  readonly initial?: T;
  /** Of a character device: bytes go to the host, and none come. */
  readonly outputOnly?: boolean;
  /** Texts that a shell may offer. */
  readonly values?: readonly string[];
  /** The value of a text. @throws PropertySyntaxError when it is none */
  parse(text: string): T;
  /** True if `value` is one of the property's. */
  accepts(value: unknown): boolean;
  /** The value as `info qtree` shows it. */
  format(value: T): string;
}

/** The properties of a kind of device, by name. */
export type PropertySchema = Readonly<Record<string, Property<unknown>>>;

/** Values of a schema's properties. */
export type PropertyValues<S extends PropertySchema> = {
  readonly [Name in keyof S]: S[Name] extends Property<infer T> ? T : never;
};

interface Common<T> {
  readonly help: string;
  readonly default?: T;
}

/** Spread into a property: its default, if it has one. */
function initial<T>(options: { readonly default?: T }): { readonly initial?: T } {
  return options.default === undefined ? {} : { initial: options.default };
}

/** The types a property can have. */
export const property = {
  /** An unsigned number of `bits` bits, in C's notations; `max` bounds it further. */
  uint(
    options: Common<number> & {
      /** Of 64, those that a `number` holds: up to 2^53 - 1. */
      readonly bits: 8 | 16 | 32 | 64;
      readonly max?: number;
      /** The only ones there are. */
      readonly among?: readonly number[];
      /** Name for messages: "I/O port". */
      readonly what?: string;
    },
  ): Property<number> {
    const max = options.max ?? Math.min(2 ** options.bits - 1, Number.MAX_SAFE_INTEGER);
    const accepts = (value: unknown): boolean =>
      typeof value === "number" &&
      Number.isInteger(value) &&
      value >= 0 &&
      value <= max &&
      (options.among?.includes(value) ?? true);
    const highest = max > 0xff ? `0x${max.toString(16)}` : String(max);
    const range = options.among?.join(", ") ?? `0 to ${highest}`;
    return {
      kind: "value",
      type: `uint${options.bits}`,
      help: options.help,
      ...initial(options),
      ...(options.among === undefined ? {} : { values: options.among.map(String) }),
      parse: (text) => {
        const octal = /^0[0-7]+$/.test(text);
        const value = octal ? Number.parseInt(text, 8) : Number(text);
        if (!/^(0x[0-9a-f]+|\d+)$/i.test(text) || !accepts(value)) {
          throw new PropertySyntaxError(`"${text}" is no ${options.what ?? "number"} (${range})`);
        }
        return value;
      },
      accepts,
      format: (value) => `${value} (0x${value.toString(16)})`,
    };
  },

  /** A signed number of 32 bits, in C's notations. */
  int(options: Common<number> & { readonly bits: 32 }): Property<number> {
    const limit = 2 ** (options.bits - 1);
    const accepts = (value: unknown): boolean =>
      typeof value === "number" && Number.isInteger(value) && value >= -limit && value < limit;
    return {
      kind: "value",
      type: `int${options.bits}`,
      help: options.help,
      ...initial(options),
      parse: (text) => {
        const [, sign = "", digits = ""] = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [];
        const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
        const value = sign === "" || size === 0 ? size : -size;
        if (digits === "" || !accepts(value)) {
          throw new PropertySyntaxError(`"${text}" is no number (${-limit} to ${limit - 1})`);
        }
        return value;
      },
      accepts,
      format: String,
    };
  },

  /** As `type`, or nothing: the device decides by itself. */
  automatic<T>(type: Property<T>): Property<T | null> {
    return {
      ...type,
      initial: null,
      accepts: (value) => value === null || type.accepts(value),
      format: (value) => (value === null ? "auto" : type.format(value)),
    };
  },

  /** `on` or `off`. */
  bool(options: Common<boolean>): Property<boolean> {
    return {
      kind: "value",
      type: "bool",
      help: options.help,
      ...initial(options),
      values: ["on", "off"],
      parse: (text) => {
        if (text !== "on" && text !== "off") {
          throw new PropertySyntaxError(`"${text}" is neither on nor off`);
        }
        return text === "on";
      },
      accepts: (value) => typeof value === "boolean",
      format: String,
    };
  },

  /** A text. */
  text(options: Common<string>): Property<string> {
    return {
      kind: "value",
      type: "str",
      help: options.help,
      ...initial(options),
      parse: (text) => text,
      accepts: (value) => typeof value === "string",
      format: (value) => JSON.stringify(value),
    };
  },

  /** One of some words. */
  choice<const T extends string>(words: readonly T[], options: Common<NoInfer<T>>): Property<T> {
    return {
      kind: "value",
      type: "enum",
      help: options.help,
      ...initial(options),
      values: words,
      parse: (text) => {
        const found = words.find((word) => word === text);
        if (found === undefined) {
          throw new PropertySyntaxError(`"${text}" is not ${words.join(" or ")}`);
        }
        return found;
      },
      accepts: (value) => words.some((word) => word === value),
      format: (value) => JSON.stringify(value),
    };
  },

  /** The host's end of a stream of bytes; a `-chardev` by its ID on the command line. */
  chardev(options: {
    readonly help: string;
    /** The device never reads: the terminal's keys are not for it. */
    readonly outputOnly?: boolean;
  }): Property<CharBackend> {
    return {
      kind: "chardev",
      outputOnly: options.outputOnly ?? false,
      type: "chardev",
      help: options.help,
      parse: (text) => {
        throw new PropertySyntaxError(`there is no character device "${text}"`);
      },
      accepts: (value) => typeof value === "object" && value !== null && "write" in value,
      format: () => "(host)",
    };
  },

  /** A drive with its medium; on the command line `-drive`'s ID or a node's name. */
  drive(options: { readonly help: string }): Property<DriveBackend> {
    return {
      kind: "drive",
      type: "str",
      help: options.help,
      parse: (text) => {
        throw new PropertySyntaxError(`there is no drive "${text}"`);
      },
      accepts: (value) => typeof value === "object" && value !== null && "connect" in value,
      format: () => "(drive)",
    };
  },

  /** A network, `null` for none; on the command line `-netdev`'s ID. */
  netdev(options: { readonly help: string }): Property<Network | null> {
    return {
      kind: "netdev",
      type: "str",
      help: options.help,
      initial: null,
      parse: (text) => {
        throw new PropertySyntaxError(`there is no network "${text}"`);
      },
      accepts: (value) => value === null || (typeof value === "object" && "roomForFrames" in value),
      format: (value) => (value === null ? '""' : "(network)"),
    };
  },

  /** Memory that was added; on the command line the ID of a `-object memory-backend-...`. */
  memory(options: { readonly help: string }): Property<MemoryBackendLink> {
    return {
      kind: "memory",
      type: "link<memory-backend>",
      help: options.help,
      parse: (text) => {
        throw new PropertySyntaxError(`there is no memory "${text}"`);
      },
      accepts: (value) => typeof value === "function",
      format: (value) => `"/objects/${value().id}"`,
    };
  },

  /** A source of random bytes, `null` for the host's; on the command line the ID of a `-object rng-...`. */
  random(options: { readonly help: string }): Property<RandomLink | null> {
    return {
      kind: "random",
      type: "link<rng-backend>",
      help: options.help,
      initial: null,
      parse: (text) => {
        throw new PropertySyntaxError(`there is no source of random bytes "${text}"`);
      },
      accepts: (value) => value === null || typeof value === "function",
      format: (value) => (value === null ? '""' : "(random)"),
    };
  },

  /** The bytes of a file, `null` for none; a path on the command line. */
  file(options: { readonly help: string }): Property<Uint8Array | null> {
    return {
      kind: "file",
      type: "str",
      help: options.help,
      initial: null,
      parse: (text) => {
        throw new PropertySyntaxError(`"${text}" cannot be read: give its bytes`);
      },
      accepts: (value) => value === null || isBytes(value),
      format: (value) => (value === null ? '""' : `(${value.length} bytes)`),
    };
  },

  /** Something that only a program can hand over, such as another device. */
  object<T>(options: Common<T>): Property<T> {
    return {
      kind: "object",
      type: "link",
      help: options.help,
      ...initial(options),
      parse: () => {
        throw new PropertySyntaxError("it is set by the board, not by a text");
      },
      accepts: () => true,
      format: () => "(board)",
    };
  },
} as const;
