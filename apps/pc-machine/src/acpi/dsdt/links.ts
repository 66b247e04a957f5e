/** The four interrupt wires of PCI, which the ISA bridge routes to interrupts of the 8259 pair. */
import { integer, type Aml } from "../aml/encode.js";
import { FIRST_INTERRUPT, interrupts, resourceTemplate } from "../aml/resources.js";
import {
  and,
  arg,
  createDwordField,
  device,
  eisaId,
  local,
  method,
  name,
  or,
  ref,
  ret,
  store,
  when,
} from "../aml/terms.js";
import { SCI } from "../machine.js";

const WIRES = ["A", "B", "C", "D"] as const;
/** Interrupts that wires may be routed to. */
const CHOICES = [5, 10, 11] as const;
const DISABLED = 0x80;
const PRESENT = 0x09;
const PRESENT_AND_ENABLED = 0x0b;
/** The power management function's pin leads to the interrupt of ACPI events, whatever is routed. */
const EVENTS = { SLOT: 1, PIN: 0, LINK: "LNKS" } as const;

/** The bridge's routing registers, one a wire; declared with the ISA bridge. */
export const ROUTING_FIELDS: readonly string[] = WIRES.map((_wire, index) => `PRQ${index}`);
/** The bridge, as seen from the links. */
const BRIDGE = "\\_SB.PCI0.ISA";

/** The link that pin `pin` (0 to 3) of `slot` is wired to. */
export function linkOf(slot: number, pin: number): string {
  if (slot === EVENTS.SLOT && pin === EVENTS.PIN) return EVENTS.LINK;
  return `LNK${WIRES[(slot + pin + 3) & 3] ?? ""}`;
}

/** `LNKA` to `LNKD`, and `LNKS`. */
export function interruptLinks(): readonly Aml[] {
  return [...WIRES.map((wire, index) => link(wire, index)), eventLink()];
}

function link(wire: string, index: number): Aml {
  const route = ref(`${BRIDGE}.PRQ${index}`);
  return device(`LNK${wire}`, [
    name("_HID", eisaId("PNP0C0F")),
    name("_UID", integer(index)),
    name("_PRS", resourceTemplate(interrupts(...CHOICES))),
    method("_STA", 0, [
      when(and(route, integer(DISABLED)), [ret(integer(PRESENT))]),
      ret(integer(PRESENT_AND_ENABLED)),
    ]),
    method("_DIS", 0, [or(route, integer(DISABLED), route)]),
    name("BUF0", resourceTemplate(interrupts(0))),
    method(
      "_CRS",
      0,
      [
        createDwordField(ref("BUF0"), FIRST_INTERRUPT, "IRQW"),
        store(and(route, integer(0x0f)), local(0)),
        when(and(route, integer(DISABLED)), [store(integer(0), local(0))]),
        store(local(0), ref("IRQW")),
        ret(ref("BUF0")),
      ],
      true,
    ),
    method(
      "_SRS",
      1,
      [createDwordField(arg(0), FIRST_INTERRUPT, "IRQW"), store(ref("IRQW"), route)],
      true,
    ),
  ]);
}

function eventLink(): Aml {
  return device(EVENTS.LINK, [
    name("_HID", eisaId("PNP0C0F")),
    name("_UID", integer(WIRES.length)),
    name("_PRS", resourceTemplate(interrupts(SCI))),
    method("_STA", 0, [ret(integer(PRESENT_AND_ENABLED))]),
    method("_DIS", 0, []),
    method("_CRS", 0, [ret(ref("_PRS"))]),
    method("_SRS", 1, []),
  ]);
}
