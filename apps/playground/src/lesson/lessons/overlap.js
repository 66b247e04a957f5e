// Who is seen where A to E overlap?
// A and B are containers: where B has nothing,
// C shows through, though B has priority.
import { Machine } from "@mem/flat";

const machine = new Machine();
const device = (name, size) => machine.mmio({ name, size, read: () => 0, write() {} });

const A = machine.container({ name: "A", size: 0x8000 });
const B = machine.container({ name: "B", size: 0x4000 });
A.addSubregion(0x0000, device("C", 0x6000), { priority: 1 });
A.addSubregion(0x2000, B, { priority: 2 });
B.addSubregion(0x0000, device("D", 0x1000));
B.addSubregion(0x2000, device("E", 0x1000));

machine.addressSpace(A, "A");

// Make B a device, and its own registers hide C between D and E:
//   const B = device("B", 0x4000);
