import type { AddressSpace, Machine, MemoryRegion, MmioOps, WideMmioOps } from "@mem/flat";
import { IommuAccess, type IommuTlbEntry } from "@mem/core";
import { IommuMemoryRegion } from "@mem/iommu";
import type { Kind, Program } from "../operation.js";
import { blockTraits } from "../model/model-region.js";
import { Device, iommuPage, Mischief } from "../traits.js";

/** What callbacks of devices need of the world around them. */
export interface DeviceHost {
  readonly machine: Machine;
  readonly program: Program;
  /** A callback was entered: whatever happens then happens within. */
  callback(id: number, what: string): void;
  /** A space by its number, and where its addresses begin. */
  target(index: number): { readonly space: AddressSpace; readonly origin: bigint };
}

/** An IOMMU whose table the program sets. */
export class TableIommu extends IommuMemoryRegion {
  readonly pages = new Map<number, { space: number; to: number; perm: number }>();
  readonly #page: number;
  readonly #host: DeviceHost;

  constructor(host: DeviceHost, name: string, size: number, traits: number) {
    super(host.machine, { name, size });
    this.#page = iommuPage(traits);
    this.#host = host;
  }

  override getMinPageSize(): bigint {
    return BigInt(this.#page);
  }

  override translate(addr: bigint): IommuTlbEntry<AddressSpace> {
    if (this.#host.program.mode === "wild") this.#host.callback(-1, `translate ${addr}`);
    const index = Math.floor(Number(addr) / this.#page);
    const page = this.pages.get(index);
    const addrMask = BigInt(this.#page - 1);
    const iova = addr & ~addrMask;
    if (!page) {
      return { targetAs: null, iova, translatedAddr: 0n, addrMask, perm: IommuAccess.NONE };
    }
    const { space, origin } = this.#host.target(page.space);
    const to = BigInt.asUintN(64, origin + BigInt(page.to * this.#page));
    return { targetAs: space, iova, translatedAddr: to, addrMask, perm: page.perm };
  }
}

/** The callbacks of a device, as its traits say. */
export function callbacksOf(host: DeviceHost, id: number, seed: number): MmioOps | WideMmioOps {
  const device = new Device(seed);
  const { accepts, bigEndian, impl, valid, wide, withAttrs } = device.traits;
  const sizes = ({ min, max, unaligned }: typeof valid) => ({
    ...(min && { minAccessSize: min }),
    ...(max && { maxAccessSize: max }),
    unaligned,
  });
  const read = (offset: number | bigint, size: number): { value: bigint; result: number } => {
    host.callback(id, `read ${offset} ${size}`);
    const answer = device.read(Number(offset), size);
    if (answer.result < 0) throw new Mischief("read");
    return answer;
  };
  const write = (offset: number | bigint, value: bigint, size: number): number => {
    host.callback(id, `write ${offset} ${size} ${value}`);
    const result = device.write(Number(offset), value, size);
    if (result < 0) throw new Mischief("write");
    return result;
  };
  type Offset = number | bigint;
  const ops = {
    endianness: bigEndian ? ("big" as const) : ("little" as const),
    // Said, as the callbacks know 8 bytes also where the default of 4 is meant.
    impl: { maxAccessSize: 0, ...sizes(impl) },
    valid: {
      ...sizes(valid),
      ...(accepts && {
        accepts(offset: Offset, size: number, isWrite: boolean): boolean {
          host.callback(id, `accepts ${offset} ${size}`);
          return device.accepts(Number(offset), size, isWrite);
        },
      }),
    },
    ...(withAttrs
      ? {
          readWithAttrs(offset: Offset, size: number, _attrs: unknown, data: { value64: bigint }) {
            const { value, result } = read(offset, size);
            data.value64 = value;
            return result;
          },
          writeWithAttrs(offset: Offset, data: { value64: bigint }, size: number) {
            return write(offset, data.value64, size);
          },
        }
      : {
          read: (offset: Offset, size: number) => Number(read(offset, size).value & 0xffffffffn),
          write: (offset: Offset, value: number, size: number) => {
            write(offset, BigInt(value), size);
          },
          read64: (offset: Offset) => read(offset, 8).value,
          write64: (offset: Offset, value: bigint) => {
            write(offset, value, 8);
          },
        }),
  };
  return wide ? { ...ops, wideOffsets: true } : ops;
}

/** Makes a region; what is drawn by `traits` is what the model draws. */
export function makeRegion(
  host: DeviceHost,
  options: {
    readonly kind: Kind;
    readonly id: number;
    readonly size: number;
    readonly owner: Parameters<Machine["container"]>[0]["owner"];
    readonly traits: number;
    readonly target: MemoryRegion | null;
    readonly aliasOffset: number;
  },
): MemoryRegion {
  const { machine } = host;
  const { aliasOffset, id, kind, size, target, traits } = options;
  const name = `${kind}${id}`;
  const common = { name, size, ...(options.owner && { owner: options.owner }) };
  switch (kind) {
    case "container":
      return machine.container(common);
    case "reservation":
      return machine.reservation(common);
    case "alias":
      return target
        ? machine.alias({ ...common, target, offset: aliasOffset })
        : machine.container(common);
    case "iommu":
      return machine.adopt(new TableIommu(host, name, size, traits));
    case "mmio":
      return machine.mmio({ ...common, ...callbacksOf(host, id, traits) });
    case "romDevice":
      return machine.romDevice({
        ...common,
        ...memoryOf(kind, size, traits),
        ...callbacksOf(host, id, traits),
      });
    case "ramDevice":
      return machine.ramDevice({ ...common, memory: new Uint8Array(size) });
    default: {
      const memory = memoryOf(kind, size, traits);
      if (kind === "rom") return machine.rom({ ...common, ...memory });
      const { resizeable } = blockTraits(kind, traits);
      return resizeable
        ? machine.resizeableRam({ ...common, ...memory, maxSize: 2 * size })
        : machine.ram({ ...common, ...memory });
    }
  }
}

function memoryOf(kind: Kind, size: number, seed: number) {
  const { migratable, source } = blockTraits(kind, seed);
  return {
    migratable,
    ...(source === "sparse" && { sparse: true }),
    ...(source === "shared" && { shared: true }),
    ...(source === "supplied" && { memory: new Uint8Array(size + 64), memoryOffset: 64 }),
  };
}
