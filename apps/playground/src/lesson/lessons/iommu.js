// A network card sees a bus of its own, and on it
// only an IOMMU. Windows decide where addresses lead;
// all else is refused, and recorded.
// Look at both address spaces: memory and card.
import { IommuAccess, KiB, Machine } from "@mem/flat";
import { WindowTableIommu } from "@mem/iommu";

const machine = new Machine();
const system = machine.container({ name: "system", size: 0x100000 });
system.addSubregion(0, machine.ram({ name: "ram", size: 256 * KiB }));
const memory = machine.addressSpace(system, "memory");

const options = { name: "iommu", size: 0x10000, target: memory };
const iommu = machine.adopt(new WindowTableIommu(machine, options));
const card = machine.addressSpace(iommu, "card");
const { RO, RW } = IommuAccess;
const length = 4 * KiB;
iommu.addWindow({ iova: 0x1000, length, target: 0x20000, perm: RO });
iommu.addWindow({ iova: 0x8000, length, target: 0x31000, perm: RW });

card.store(0x8010, 4, 0xcafe);
console.log("in memory:", memory.load(0x31010, 4).toString(16));
card.store(0x1000, 4, 1); // may only be read
card.load(0x5000, 4); // no window
for (const { iova, reason } of iommu.faults.records) console.log(iova.toString(16), reason);
