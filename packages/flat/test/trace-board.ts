import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  IommuAccess,
  KiB,
  Machine,
  MemoryRegion,
  type TraceTarget,
} from "@mem/flat";
import { IOMMU_WALK } from "@mem/flat/plumbing";

/** Where something shows, by the letter of how the board is built. */
export interface Piece {
  readonly first: number;
  readonly last: number;
  readonly region: string;
  /** The offset of `first` in the region. */
  readonly offset: number;
  readonly target: TraceTarget;
  readonly via: string | null;
}

/** A board with memory and devices of all kinds, which can be built twice alike. */
export interface TraceBoard {
  readonly machine: Machine;
  readonly space: AddressSpace;
  readonly regions: ReadonlyMap<string, MemoryRegion>;
  readonly romd: MemoryRegion;
  readonly ram: MemoryRegion;
  /** What the machine logged and what devices saw. */
  readonly log: readonly string[];
  /** Everything that a guest could tell apart. */
  state(): unknown;
}

const HIGH = 2 ** 53;

/** All that shows below 1 MiB; anything else there is a hole. */
export const PIECES: readonly Piece[] = [
  { first: 0, last: 0x3fff, region: "ram", offset: 0, target: "ram", via: null },
  { first: 0x4000, last: 0x47ff, region: "rom", offset: 0, target: "rom", via: null },
  { first: 0x5000, last: 0x5fff, region: "romd", offset: 0, target: "romd", via: null },
  { first: 0x6000, last: 0x603f, region: "plain", offset: 0, target: "mmio", via: null },
  { first: 0x6040, last: 0x607f, region: "big", offset: 0, target: "mmio", via: null },
  { first: 0x6080, last: 0x60bf, region: "narrow", offset: 0, target: "mmio", via: null },
  { first: 0x60c0, last: 0x60ff, region: "throws", offset: 0, target: "mmio", via: null },
  { first: 0x6100, last: 0x613f, region: "fails", offset: 0, target: "mmio", via: null },
  { first: 0x8000, last: 0x8fff, region: "ram", offset: 0x1000, target: "ram", via: "iommu" },
  {
    first: 0x9000,
    last: 0x9fff,
    region: "unassigned",
    offset: 0,
    target: "unassigned",
    via: "iommu",
  },
];

/** The piece that holds an address; a hole has `region` `"unassigned"`. */
export function pieceAt(addr: number): Piece | null {
  return PIECES.find(({ first, last }) => addr >= first && addr <= last) ?? null;
}

/** The board that {@link PIECES} describes. */
export function traceBoard(): TraceBoard {
  const log: string[] = [];
  const machine = new Machine({ log: (category, line) => void log.push(`${category}: ${line}`) });
  const root = machine.container({ name: "root", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: 16 * KiB });
  const rom = machine.rom({ name: "rom", size: 2 * KiB });
  const romd = machine.romDevice({
    name: "romd",
    size: 4 * KiB,
    read: (offset) => offset + 1,
    write: (offset, value, size) => void log.push(`romd write ${offset} ${value} ${size}`),
  });
  const regions = new Map<string, MemoryRegion>([
    ["ram", ram],
    ["rom", rom],
    ["romd", romd],
    ["unassigned", machine.unassigned],
  ]);
  [ram, rom, romd].forEach((region, i) => {
    const bytes = region.ramBytes();
    for (let at = 0; at < bytes.length; at++) bytes[at] = at * 31 + (at >> 8) + i;
  });
  const device = (name: string, options: object): MemoryRegion =>
    machine.mmio({
      name,
      size: 0x40,
      read: (offset: number, size: number) => {
        log.push(`${name} read ${offset} ${size}`);
        return 0x9182_7364 + offset;
      },
      write: (offset: number, value: number, size: number) => {
        log.push(`${name} write ${offset} ${value} ${size}`);
      },
      ...options,
    });
  const fail = (): never => {
    throw new Error("on purpose");
  };
  const devices = {
    plain: {},
    big: { endianness: "big" },
    narrow: { impl: { maxAccessSize: 1 } },
    throws: { read: fail, write: fail },
    fails: { valid: { accepts: () => false } },
  };
  machine.transaction(() => {
    root.addSubregion(0, ram);
    root.addSubregion(0x4000, rom);
    root.addSubregion(0x5000, romd);
    for (const [name, options] of Object.entries(devices)) {
      const region = device(name, options);
      regions.set(name, region);
      root.addSubregion(PIECES.find((piece) => piece.region === name)?.first ?? 0, region);
    }
    const iommu = makeIommu(machine);
    regions.set("iommu", iommu.region);
    root.addSubregion(0x8000, iommu.region);
    root.addSubregion(
      BigInt(HIGH) * 4n,
      machine.alias({ name: "high", size: 16 * KiB, target: ram }),
    );
    iommu.space = () => space;
  });
  const space: AddressSpace = machine.addressSpace(root, "cpu");
  return {
    machine,
    space,
    regions,
    romd,
    ram,
    log,
    state() {
      const bytes = [ram, rom, romd].map((region) =>
        new TextDecoder("latin1").decode(region.ramBytes()),
      );
      return { bytes, log: [...log], inFlight: systemInternals(machine).reclaimer.inFlight };
    },
  };
}

/** Shows 4 KiB of the RAM, and refuses the rest. */
function makeIommu(machine: Machine): { region: MemoryRegion; space: () => AddressSpace | null } {
  const answer = { region: machine.unassigned, space: (): AddressSpace | null => null };
  class Iommu extends MemoryRegion {
    override get iommu() {
      return {
        attrsToIndex: () => 0,
        walk: IOMMU_WALK,
        translate: (iova: bigint) => ({
          targetAs: answer.space(),
          iova,
          translatedAddr: iova + 0x1000n,
          addrMask: 0xfffn,
          perm: iova < 0x1000n ? IommuAccess.RW : IommuAccess.NONE,
        }),
      };
    }
  }
  const klass = machine.objects.types.get("memory-region");
  const spec = { kind: "iommu", name: "iommu", owner: null, size: 0x2000n } as const;
  answer.region = machine.adopt(new Iommu({ objects: machine.objects, klass }, machine, spec));
  return answer;
}
