import { IommuAccess, type IommuTlbEntry, type MemTxAttrs } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { IommuMemoryRegion, type IommuNotifier, type IommuNotifierFlag } from "@mem/iommu";

/** An IOMMU with a list of page translations for each index, which records what it is asked. */
export class TableIommu extends IommuMemoryRegion {
  readonly tables: Map<bigint, { pa: bigint; perm: number }>[] = [new Map(), new Map()];
  readonly asked: [addr: bigint, flag: number, index: number][] = [];
  readonly flagChanges: [old: IommuNotifierFlag, now: IommuNotifierFlag][] = [];
  target: AddressSpace | null = null;
  refused = 0;

  override translate(addr: bigint, flag: IommuAccess, index: number): IommuTlbEntry<AddressSpace> {
    this.asked.push([addr, flag, index]);
    const iova = addr & ~0xfffn;
    const { pa, perm } = this.tables[index]?.get(iova) ?? { pa: 0n, perm: IommuAccess.NONE };
    return { targetAs: this.target, iova, translatedAddr: pa, addrMask: 0xfffn, perm };
  }

  override notifyFlagChanged(old: IommuNotifierFlag, now: IommuNotifierFlag): string | undefined {
    this.flagChanges.push([old, now]);
    return (now & this.refused) !== 0 ? "flags refused" : undefined;
  }

  override attrsToIndex(attrs: MemTxAttrs): number {
    return attrs.secure ? 1 : 0;
  }

  override numIndexes(): number {
    return 2;
  }
}

/** One whose methods all throw. */
export class BrokenIommu extends IommuMemoryRegion {
  override translate(): never {
    throw new Error("no walk today");
  }
  override notifyFlagChanged(): never {
    throw new Error("no flags today");
  }
  override replay(_notifier: IommuNotifier): never {
    throw new Error("no replay today");
  }
}

/** RAM at 0x10000 of one address space, seen through an IOMMU at 0 of another. */
export function makeMachine() {
  const log: string[] = [];
  const machine = new Machine({ log: (category, message) => log.push(`${category}: ${message}`) });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  system.addSubregion(0x10000, ram);
  const memory = machine.addressSpace(system, "memory");
  const iommu = machine.adopt(new TableIommu(machine, { name: "iommu", size: 0x8000 }));
  iommu.target = memory;
  const root = machine.container({ name: "device", size: 2n ** 64n });
  root.addSubregion(0, iommu);
  const device = machine.addressSpace(root, "device");
  return { machine, log, system, memory, ram, iommu, root, device };
}
