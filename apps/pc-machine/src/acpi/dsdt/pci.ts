/** The PCI bus: what it passes on, how its interrupts are wired, and its slots. */
import { integer, type Aml } from "../aml/encode.js";
import {
  busNumbers,
  highMemoryRange,
  io,
  ioRange,
  memoryRange,
  resourceTemplate,
} from "../aml/resources.js";
import { device, eisaId, name, pack, ref } from "../aml/terms.js";
import { Place, type AcpiMachine } from "../machine.js";
import { slotDevices } from "./hotplug.js";
import { linkOf } from "./links.js";

const SLOTS = 32;
const PINS = 4;
const CONFIG_PORTS = { FIRST: 0xcf8, COUNT: 8 } as const;
const FOUR_GIB = 2 ** 32;
/** Above the RAM there is room for what does not fit below 4 GiB: from where on, and how much, as on QEMU's board. */
const HIGH_WINDOW = { ALIGNMENT: 2 ** 30, BYTES: 2 ** 31 } as const;
const VGA_WINDOW = { FIRST: 0xa_0000, LAST: 0xb_ffff } as const;

/** `PCI0` with the devices on it. */
export function hostBridge({ below4g, above4g }: AcpiMachine, onBus: readonly Aml[]): Aml {
  const { ALIGNMENT, BYTES } = HIGH_WINDOW;
  const high = Math.ceil((FOUR_GIB + above4g) / ALIGNMENT) * ALIGNMENT;
  return device("PCI0", [
    name("_HID", eisaId("PNP0A03")),
    name("_UID", integer(0)),
    name(
      "_CRS",
      resourceTemplate(
        busNumbers(0, 0xff),
        io(CONFIG_PORTS.FIRST, CONFIG_PORTS.COUNT),
        ioRange(0, CONFIG_PORTS.FIRST - 1),
        ioRange(CONFIG_PORTS.FIRST + CONFIG_PORTS.COUNT, 0xffff),
        memoryRange(VGA_WINDOW.FIRST, VGA_WINDOW.LAST, true),
        memoryRange(below4g, Place.IO_APIC - 1),
        highMemoryRange(high, high + BYTES - 1),
      ),
    ),
    name("_PRT", interruptRouting()),
    ...onBus,
    ...slotDevices(),
  ]);
}

/** `_PRT`: to which link each pin of each slot is wired. */
function interruptRouting(): Aml {
  const routes = Array.from({ length: SLOTS * PINS }, (_unused, index) => {
    const slot = index >> 2;
    const pin = index & 3;
    return pack([
      integer(slot * 0x1_0000 + 0xffff),
      integer(pin),
      ref(`\\_SB.${linkOf(slot, pin)}`),
      integer(0),
    ]);
  });
  return pack(routes);
}
