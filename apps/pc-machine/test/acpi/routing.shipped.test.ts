import { beforeAll, describe, expect, it } from "vitest";

import { SeabiosPc, seabiosMissing } from "../support/firmware.js";
import { RoutingTables, type Route } from "./routing-tables.js";

const missing = seabiosMissing();
const ROUTERS = 0x60;
const EVENTS = 9;
const at = ({ slot, pin }: Route): string => `${slot}.${"ABCD"[pin] ?? ""}`;

describe("tables about interrupts, as SeaBIOS leaves them", () => {
  let machine: SeabiosPc;
  let tables: RoutingTables;

  beforeAll(() => {
    if (missing !== null) return;
    machine = new SeabiosPc({
      accel: "jit",
      cpus: 2,
      vga: true,
      devices: [
        { device: "piix3-usb-uhci", addr: "1.2" },
        { device: "e1000" },
        { device: "edu" },
        { device: "e1000", addr: "0x1d" },
      ],
    });
    machine.runUntil("No bootable device");
    tables = new RoutingTables(machine.pc);
  });

  /** Each pin of a function that is there, with the interrupt that firmware gave it. */
  const pins = (): Map<string, number> => {
    const found = new Map<string, number>();
    for (const { devfn, config } of machine.pc.board.pci.devices()) {
      const pin = config[0x3d] ?? 0;
      if (pin > 0) found.set(at({ slot: devfn >> 3, pin: pin - 1 }), config[0x3c] ?? 0);
    }
    return found;
  };
  /** The interrupt that the bridge routes link `index` to. */
  const routed = (index: number): number => machine.pc.board.isaBridge.config[ROUTERS + index] ?? 0;

  it("are about pins that there are", (context) => {
    context.skip(missing !== null, missing ?? "");
    expect([...pins().keys()].sort()).toEqual(["1.A", "1.D", "29.A", "3.A", "4.A"]);
    expect([0, 1, 2, 3].map(routed).every((irq) => [5, 10, 11].includes(irq))).toBe(true);
  });

  it("_PRT has every pin of each slot, wired as firmware found them", (context) => {
    context.skip(missing !== null, missing ?? "");
    const routes = tables.prt();
    expect(routes.length).toBe(128);
    const links = new Map(routes.map((route) => [at(route), String(route.link)]));
    expect(links.size).toBe(128);
    for (const [pin, irq] of pins()) {
      const link = links.get(pin) ?? "";
      expect([pin, link === "LNKS" ? EVENTS : routed("ABCD".indexOf(link.slice(-1)))]).toEqual([
        pin,
        irq,
      ]);
    }
  });

  it("$PIR says the same of the slots that it knows", (context) => {
    context.skip(missing !== null, missing ?? "");
    const links = new Map(tables.prt().map((route) => [at(route), route.link]));
    const known = tables.pir();
    expect(known.length).toBeGreaterThanOrEqual(20);
    for (const route of known) {
      // The pin of the power management function is fixed: only ACPI tells so.
      if (links.get(at(route)) === "LNKS") continue;
      const name = `LNK${"ABCD"[Number(route.link) - ROUTERS] ?? ""}`;
      expect([at(route), name]).toEqual([at(route), links.get(at(route))]);
    }
  });

  it("the MP table says the same of the functions that are there", (context) => {
    context.skip(missing !== null, missing ?? "");
    const { pci } = tables.mp();
    expect(new Map(pci.map((route) => [at(route), route.input]))).toEqual(pins());
  });

  it("MADT and the MP table agree on processors and ISA's interrupts", (context) => {
    context.skip(missing !== null, missing ?? "");
    const mp = tables.mp();
    const madt = tables.madt();
    expect([mp.processors, madt.processors]).toEqual([2, 2]);
    for (const [irq, input] of mp.isa) {
      expect([irq, input]).toEqual([irq, madt.inputs.get(irq) ?? irq]);
    }
    // What PCI's pins share is by level; the rest of ISA's is by edge.
    const shared = new Set([...pins().values()]);
    for (const irq of shared) expect(madt.level).toContain(irq);
    for (const irq of mp.isa.keys()) expect(madt.level.has(irq)).toBe(false);
  });
});
