/** Commands on what the host lends to the machine: character devices, input. */
import { BACKEND_NAMES } from "../../chardev/backend-spec.js";
import { RingBuffer } from "../../chardev/ring-buffer.js";
import { generationId } from "../../devices/vmgenid/index.js";
import { base64Data, base64Text } from "../../text/base64.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpTarget } from "../target.js";

const FORMAT = qmp.optional(qmp.enumeration(["utf8", "base64"]));

function ring({ characters }: QmpTarget, device: string): RingBuffer {
  const found = characters.get(device);
  if (found === null) throw new QmpError(`Device '${device}' not found`);
  const { backend } = found;
  if (!(backend instanceof RingBuffer)) throw new QmpError(`${device} is not a ringbuf device`);
  return backend;
}

/** The commands. */
export const hostCommands = [
  command({
    name: "query-chardev",
    early: true,
    members: {},
    returns: qmp.array(
      qmp.object({ "frontend-open": qmp.bool, filename: qmp.str, label: qmp.str }),
    ),
    run: ({ characters }) =>
      characters.all.map(({ label, backend, inUse }) => ({
        "frontend-open": inUse,
        filename: backend.filename,
        label,
      })),
  }),
  command({
    name: "query-chardev-backends",
    members: {},
    returns: qmp.array(qmp.object({ name: qmp.str })),
    run: () => BACKEND_NAMES.map((name) => ({ name })),
  }),
  command({
    name: "ringbuf-read",
    members: { device: qmp.str, size: qmp.int, format: FORMAT },
    returns: qmp.str,
    run: (target, { device, size, format }) => {
      if (size <= 0) throw new QmpError("size must be greater than zero");
      const bytes = ring(target, device).read(size);
      return format === "base64" ? base64Text(bytes) : new TextDecoder().decode(bytes);
    },
  }),
  command({
    name: "ringbuf-write",
    members: { device: qmp.str, data: qmp.str, format: FORMAT },
    returns: EMPTY,
    run: (target, { device, data, format }) => {
      const bytes = format === "base64" ? base64Data(data) : new TextEncoder().encode(data);
      ring(target, device).writeBytes(bytes);
    },
  }),
  command({
    name: "query-vm-generation-id",
    members: {},
    returns: qmp.object({ guid: qmp.str }),
    run: ({ pc }) => {
      const found = generationId(pc.devices);
      if (found === null) throw new QmpError("VM Generation ID device not found");
      return { guid: found };
    },
  }),
  command({
    name: "query-mice",
    members: {},
    returns: qmp.array(
      qmp.object({ index: qmp.int, name: qmp.str, current: qmp.bool, absolute: qmp.bool }),
    ),
    run: ({ pc }) =>
      (pc.board?.input.pointers ?? []).map(({ handler, index }, at) => ({
        index,
        name: handler.name,
        current: at === 0,
        absolute: handler.absolute,
      })),
  }),
];
