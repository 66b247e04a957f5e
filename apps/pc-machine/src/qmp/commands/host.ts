/** Commands on what the host lends to the machine: character devices, disks, input. */
import { BACKEND_NAMES } from "../../chardev/backend-spec.js";
import { CharacterDeviceError } from "../../chardev/character-devices.js";
import { RingBuffer } from "../../chardev/ring-buffer.js";
import { base64Data, base64Text } from "../../qtest/qtest-arguments.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpDrive, QmpTarget } from "../target.js";

const SECTOR = 512;
const FORMAT = qmp.optional(qmp.enumeration(["utf8", "base64"]));

function ring({ characters }: QmpTarget, device: string): RingBuffer {
  const found = characters.get(device);
  if (found === null) throw new QmpError(`Device '${device}' not found`);
  const { backend } = found;
  if (!(backend instanceof RingBuffer)) throw new QmpError(`${device} is not a ringbuf device`);
  return backend;
}

function driveInfo({ device, kind, file, readonly, sectors }: QmpDrive): unknown {
  return {
    "io-status": "ok",
    device,
    locked: false,
    removable: kind === "cdrom",
    inserted: {
      iops_rd: 0,
      detect_zeroes: "off",
      image: { "virtual-size": sectors * SECTOR, filename: file, format: "raw" },
      iops_wr: 0,
      ro: readonly,
      "node-name": device,
      backing_file_depth: 0,
      drv: "raw",
      iops: 0,
      bps_wr: 0,
      write_threshold: 0,
      encrypted: false,
      bps: 0,
      bps_rd: 0,
      cache: { "no-flush": false, direct: false, writeback: true },
      file,
    },
    type: "unknown",
  };
}

function drive({ drives }: QmpTarget, device: string | undefined): QmpDrive {
  const found = drives.find((one) => one.device === device);
  if (found === undefined) {
    throw new QmpError(`Device '${device ?? ""}' not found`, "DeviceNotFound");
  }
  return found;
}

/** Images are those of the command line. @throws QmpError always */
function fixed({ device }: QmpDrive): never {
  throw new QmpError(`Device '${device}' keeps the image that it was started with`);
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
    name: "chardev-remove",
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ characters }, { id }) => {
      try {
        characters.remove(id);
      } catch (error) {
        if (!(error instanceof CharacterDeviceError)) throw error;
        throw new QmpError(error.message);
      }
    },
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
    name: "query-block",
    early: true,
    members: {},
    returns: qmp.array(qmp.any),
    run: ({ drives }) => drives.map(driveInfo),
  }),
  command({
    name: "query-blockstats",
    early: true,
    members: { "query-nodes": qmp.optional(qmp.bool) },
    returns: qmp.array(qmp.any),
    run: ({ drives }) => drives.map(({ device }) => ({ device, "node-name": device, stats: {} })),
  }),
  command({
    name: "eject",
    members: {
      device: qmp.optional(qmp.str),
      id: qmp.optional(qmp.str),
      force: qmp.optional(qmp.bool),
    },
    returns: EMPTY,
    run: (target, { device, id }) => {
      const found = drive(target, device ?? id);
      if (found.kind === "disk") throw new QmpError(`Device '${found.device}' is not removable`);
      fixed(found);
    },
  }),
  command({
    name: "blockdev-change-medium",
    members: {
      device: qmp.optional(qmp.str),
      id: qmp.optional(qmp.str),
      filename: qmp.str,
      format: qmp.optional(qmp.str),
      force: qmp.optional(qmp.bool),
      "read-only-mode": qmp.optional(qmp.enumeration(["retain", "read-only", "read-write"])),
    },
    returns: EMPTY,
    run: (target, { device, id }) => fixed(drive(target, device ?? id)),
  }),
  command({
    name: "block_resize",
    early: true,
    members: {
      device: qmp.optional(qmp.str),
      "node-name": qmp.optional(qmp.str),
      size: qmp.int,
    },
    returns: EMPTY,
    run: (target, args) => {
      if (args.size < 0) throw new QmpError("Parameter 'size' expects a >0 size");
      fixed(drive(target, args.device ?? args["node-name"]));
    },
  }),
  command({
    name: "query-mice",
    members: {},
    returns: qmp.array(
      qmp.object({ index: qmp.int, name: qmp.str, current: qmp.bool, absolute: qmp.bool }),
    ),
    run: () => [{ index: 0, name: "QEMU PS/2 Mouse", current: true, absolute: false }],
  }),
];
