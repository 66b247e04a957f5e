/** A device for tests. */
import { defineDevice } from "../../device/definition.js";
import { PcTestdev, TESTDEV_LINES, TestdevPort } from "./pc-testdev.js";

export { PcTestdev };

/** QEMU's `pc-testdev`. */
export const pcTestdev = defineDevice({
  name: "pc-testdev",
  bus: "ISA",
  category: "Misc",
  description: "for tests: ports that keep what was written, interrupts at will",
  documentation:
    "Ports 0xe0 to 0xe3 and memory from 0xff000000 keep what was written; a byte at 0x2000 + N drives interrupt request N.",
  properties: {},
  single: "there can be one pc-testdev",
  ports: () => [
    { first: TestdevPort.DATA, count: 12 },
    { first: TestdevPort.IRQ_LINES, count: TESTDEV_LINES },
  ],
  create: (context) => new PcTestdev(context),
});
