// The same address space, and the functions that write texts about it.
import { explain, Machine, mtree } from "@mem/flat";

const machine = new Machine();
const root = machine.container({ name: "root", size: 0x10000 });
root.addSubregion(0, machine.ram({ name: "ram", size: 0x8000 }));
const bus = machine.addressSpace(root, "bus");
console.log(mtree(machine).includes("ram"), String(explain(bus, 0)).includes("ram"));
