/** Commands that make, exchange and remove character devices. */
import { BACKEND_NAMES } from "../../../chardev/backend-spec.js";
import { CharacterDeviceError } from "../../../chardev/character-devices.js";
import { command } from "../../command.js";
import { QmpError } from "../../qmp-error.js";
import { EMPTY, qmp } from "../../schema.js";

const BACKEND = qmp.object({
  type: qmp.enumeration(BACKEND_NAMES),
  data: qmp.optional(qmp.any),
});
const ADDRESS = qmp.object({
  type: qmp.enumeration(["inet", "unix"]),
  data: qmp.object(
    {
      path: qmp.optional(qmp.str),
      host: qmp.optional(qmp.str),
      port: qmp.optional(qmp.str),
    },
    true,
  ),
});
const DATA = qmp.object(
  {
    addr: qmp.optional(ADDRESS),
    remote: qmp.optional(ADDRESS),
    local: qmp.optional(ADDRESS),
    out: qmp.optional(qmp.str),
    device: qmp.optional(qmp.str),
  },
  true,
);

/** A back end as `-chardev` takes it: keys and values with commas between. */
function textOf({ type, data }: { readonly type: string; readonly data?: unknown }): string {
  const { addr, remote, local, out, device, ...plain } = DATA.check(data ?? {}, "backend");
  const keys: Record<string, unknown> = {
    ...plain,
    ...(addr?.data ?? remote?.data),
    ...(local === undefined ? {} : { localaddr: local.data.host, localport: local.data.port }),
    ...(out === undefined ? {} : { path: out }),
    ...(device === undefined ? {} : { path: device }),
  };
  const words = Object.entries(keys).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const text = typeof value === "boolean" ? (value ? "on" : "off") : String(value);
    return `${key}=${text.replaceAll(",", ",,")}`;
  });
  return [type, ...words].join(",");
}

/** Do it. @throws QmpError with what is wrong */
function tried<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof CharacterDeviceError)) throw error;
    throw new QmpError(error.message);
  }
}

/** Settles when the back end can be used. @throws QmpError when it cannot be */
async function ready(
  usable: Promise<void>,
  label: string,
): Promise<Readonly<Record<string, never>>> {
  try {
    await usable;
    return {};
  } catch (error) {
    if (!(error instanceof CharacterDeviceError)) throw error;
    throw new QmpError(`Failed to add chardev '${label}': ${error.message}`);
  }
}

/** The commands. */
export const characterCommands = [
  command({
    name: "chardev-add",
    members: { id: qmp.str, backend: BACKEND },
    returns: qmp.object({ pty: qmp.optional(qmp.str) }),
    run: ({ characters }, { id, backend }) =>
      ready(
        tried(() => characters.create(id, textOf(backend)).ready),
        id,
      ),
  }),
  command({
    name: "chardev-change",
    members: { id: qmp.str, backend: BACKEND },
    returns: qmp.object({ pty: qmp.optional(qmp.str) }),
    run: async ({ characters }, { id, backend }) => {
      try {
        await characters.exchange(id, textOf(backend));
        return {};
      } catch (error) {
        if (!(error instanceof CharacterDeviceError)) throw error;
        throw new QmpError(error.message);
      }
    },
  }),
  command({
    name: "chardev-remove",
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ characters }, { id }) => tried(() => characters.remove(id)),
  }),
  command({
    name: "chardev-send-break",
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ characters }, { id }) => tried(() => characters.sendBreak(id)),
  }),
];
