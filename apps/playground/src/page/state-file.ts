/** The state of a machine as a file: a mark, then, packed by gzip, a header and the bytes it speaks of. */
import type { GivenDisk, GivenFile, GivenKernel, MachineRequest } from "../machine/protocol.js";
import { PageError } from "../page-error.js";

const MARK = new TextEncoder().encode("mem-state 1\n");
/** Beginning of the states of all versions. */
const ANY_MARK = MARK.subarray(0, "mem-state ".length);
/** Most bytes that a state is unpacked to: 1 GiB of RAM and as much of disks. */
const MOST_BYTES = 2 ** 31;

/** Kinds of disks that a state may hold. */
const DISK_KINDS: readonly GivenDisk["kind"][] = ["disk", "cdrom", "floppy"];

/** A file within the state: its bytes follow the header, in the order of the header. */
interface Part {
  readonly name: string;
  readonly length: number;
}

/** The JSON that comes before the bytes. */
interface Header {
  readonly memoryMiB: number;
  readonly devices: readonly string[];
  readonly accel: MachineRequest["accel"];
  readonly firmware: Part | null;
  readonly vgaBios: Part | null;
  readonly kernel: (Part & { readonly commandLine: string; readonly initrd: Part | null }) | null;
  readonly disks: readonly (Part & { readonly kind: GivenDisk["kind"] })[];
  readonly ram: Part | null;
}

/** True if `bytes` begin as a state does, of this version or another. */
export function isStateFile(bytes: Uint8Array): boolean {
  return beginsWith(bytes, ANY_MARK);
}

function beginsWith(bytes: Uint8Array, mark: Uint8Array): boolean {
  return mark.every((byte, at) => bytes[at] === byte);
}

/** The state as the contents of a file. */
export async function packState(state: MachineRequest): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const part = ({ name, bytes }: GivenFile): Part => {
    parts.push(bytes);
    return { name, length: bytes.length };
  };
  const partOf = (file: GivenFile | null): Part | null => (file === null ? null : part(file));
  const { memoryMiB, devices, accel, firmware, vgaBios, kernel, disks, ram } = state;
  const header: Header = {
    memoryMiB,
    devices,
    accel,
    firmware: partOf(firmware),
    vgaBios: partOf(vgaBios),
    kernel:
      kernel === null
        ? null
        : {
            ...part(kernel),
            commandLine: kernel.commandLine,
            initrd: partOf(kernel.initrd),
          },
    disks: disks.map((disk) => ({ ...part(disk), kind: disk.kind })),
    ram: partOf(ram === null ? null : { name: "ram", bytes: ram }),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const packed = new Blob([length, text, ...parts])
    .stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Blob([MARK, await new Response(packed).blob()]);
}

/**
 * The state that such a file holds.
 * @throws PageError when the file is damaged, cut off, of another version, or holds what no page wrote
 */
export async function unpackState(file: Uint8Array<ArrayBuffer>): Promise<MachineRequest> {
  if (!beginsWith(file, MARK)) {
    throw new PageError("another version of this page saved it, and this one cannot read that", {
      rule: "state-file",
    });
  }
  const bytes = await unpack(file);
  if (bytes.length < 4) throw damaged();
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = headerOf(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const take = ({ name, length }: Part): GivenFile => {
    if (at + length > bytes.length) throw damaged();
    at += length;
    return { name, bytes: bytes.slice(at - length, at) };
  };
  const takeOr = (part: Part | null): GivenFile | null => (part === null ? null : take(part));
  const { memoryMiB, devices, accel } = header;
  const firmware = takeOr(header.firmware);
  const vgaBios = takeOr(header.vgaBios);
  const kernel: GivenKernel | null =
    header.kernel === null
      ? null
      : {
          ...take(header.kernel),
          commandLine: header.kernel.commandLine,
          initrd: takeOr(header.kernel.initrd),
        };
  const disks = header.disks.map((disk) => ({ ...take(disk), kind: disk.kind }));
  const ram = takeOr(header.ram)?.bytes ?? null;
  if (ram !== null && ram.length !== memoryMiB * 2 ** 20) throw damaged();
  return { memoryMiB, devices, accel, firmware, vgaBios, kernel, disks, ram };
}

async function unpack(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([file.subarray(MARK.length)]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > MOST_BYTES) throw damaged();
      chunks.push(value);
    }
  } catch {
    await reader.cancel().catch(() => undefined);
    throw damaged();
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function damaged(): PageError {
  return new PageError("this is no state that the page saved, or it is damaged", {
    rule: "state-file",
  });
}

function headerOf(text: string): Header {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged();
  }
  if (!isHeader(value)) throw damaged();
  return value;
}

function isHeader(value: unknown): value is Header {
  if (!isRecord(value)) return false;
  const { memoryMiB, devices, accel, firmware, vgaBios, kernel, disks, ram } = value;
  const isOne = (part: unknown): boolean => part === null || isPart(part);
  return (
    Number.isInteger(memoryMiB) &&
    isTexts(devices) &&
    (accel === "jit" || accel === "interp") &&
    [firmware, vgaBios, ram].every(isOne) &&
    (kernel === null ||
      (isPart(kernel) && typeof kernel.commandLine === "string" && isOne(kernel.initrd))) &&
    Array.isArray(disks) &&
    disks.every((disk) => isPart(disk) && DISK_KINDS.some((kind) => kind === disk.kind))
  );
}

function isPart(value: unknown): value is Part & Record<string, unknown> {
  if (!isRecord(value)) return false;
  const { name, length } = value;
  return typeof name === "string" && Number.isSafeInteger(length) && Number(length) >= 0;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
