import { describe, expect, it } from "vitest";

import { Monitor } from "../../src/monitor/monitor.js";
import { MIB, Rig } from "../support/board-rig.js";

const nothing = (): void => undefined;

/** A PC with a display adapter, and its monitor. */
function monitorRig(): { rig: Rig; run(line: string): string; lines(line: string): string[] } {
  const rig = new Rig({ ramSize: 64 * MIB, vga: true });
  const switches = { stop: nothing, cont: nothing, reset: nothing, quit: nothing };
  let printed = "";
  const monitor = new Monitor(
    { pc: rig.pc, name: null, status: "paused", ...switches },
    (text) => (printed += text),
  );
  const run = (line: string): string => {
    printed = "";
    monitor.execute(line);
    return printed;
  };
  return { rig, run, lines: (line) => run(line).trimEnd().split("\n") };
}

describe("explain", () => {
  it("tells of RAM, with what lies beneath it", () => {
    expect(monitorRig().lines("explain 0x1000")).toEqual([
      "0x1000 in cpu-memory-0: pc.ram + 0x1000",
      "The way there:",
      "  system 0x0-0xffffffffffffffff: container, the root, offset 0x1000",
      "    ram-below-4g 0x0-0x3ffffff: alias, at 0x0, priority 0, offset 0x1000",
      "      pc.ram 0x0-0x3ffffff: RAM, shown from 0x0 on, offset 0x1000",
      "What shows:",
      "  0x0-0x9ffff is pc.ram from 0x0 on, RAM",
      "Beneath it:",
      "  pci + 0x1000, container",
      "    has nothing here, so the search goes on below it",
      "Accesses:",
      "  memory, accessed directly",
      "  load of 1, 2, 4 and 8: memory",
      "  store of 1, 2, 4 and 8: memory",
    ]);
  });

  it("tells of the shadow of the firmware, before and after", () => {
    const { rig, lines } = monitorRig();
    const before = lines("explain 0xf1234");
    expect(before).toContain(
      "      pci 0xf0000-0xfffff: container, shown from 0xf0000 on, offset 0xf1234",
    );
    expect(before[0]).toBe("0xf1234 in cpu-memory-0: pc.bios + 0x31234");
    expect(before).toContain("    pam-ram above it is disabled");
    expect(before).toContain("    in system, pam-pci has priority 1, ram-below-4g 0");
    // PAM0: the segment at 0xf0000 reads RAM, and its writes are lost.
    rig.setConfig(0, 0, 0x59, 0x10, 1);
    const shadowed = lines("explain 0xf1234");
    expect(shadowed[0]).toBe("0xf1234 in cpu-memory-0: pc.ram + 0xf1234");
    expect(shadowed).toContain(
      "    pam-rom 0xf0000-0xfffff: alias, at 0xf0000, priority 1, offset 0x1234",
    );
    expect(shadowed).toContain("  read-only by something above it");
    expect(shadowed).toContain("    pam-pci above it is disabled");
  });

  it("tells of the display's window, and of the SMRAM beneath it", () => {
    const { rig, lines } = monitorRig();
    const window = lines("explain 0xb8000");
    expect(window[0]).toBe("0xb8000 in cpu-memory-0: vga-lowmem + 0x18000");
    expect(window).toContain("    in system, smram-region has priority 1, ram-below-4g 0");
    expect(window).toContain("  load of 4: 4 calls of 1");
    // D_OPEN: the RAM beneath the window is everybody's.
    rig.setConfig(0, 0, 0x72, 0x4a, 1);
    const open = lines("explain 0xb8000");
    expect(open[0]).toBe("0xb8000 in cpu-memory-0: pc.ram + 0xb8000");
    const head = open.indexOf("Before it, but not in effect:");
    expect(open.slice(head + 1, head + 3)).toEqual([
      "  vga-lowmem + 0x18000, MMIO, through smram-region",
      "    smram-region above it is disabled",
    ]);
  });

  it("tells of a PCI function's BAR, and of what was there before", () => {
    const { rig, lines } = monitorRig();
    expect(lines("explain 0xe0000010")[0]).toBe("0xe0000010 in cpu-memory-0: nothing");
    rig.setConfig(2, 0, 0x10, 0xe000_0000);
    rig.setConfig(2, 0, 0x04, 2, 2);
    const mapped = lines("explain 0xe0000010");
    expect(mapped[0]).toBe("0xe0000010 in cpu-memory-0: vga.vram + 0x10");
    expect(mapped.join("\n")).toMatch(/^ {4}pci 0x0-0xf{16}: container, at 0x0, priority -1,/m);
  });

  it("tells of the hole above the local APIC", () => {
    const { lines } = monitorRig();
    expect(lines("explain 0xfee00000")[0]).toBe("0xfee00000 in cpu-memory-0: apic-msi + 0x0");
    const hole = lines("explain 0xfef00000");
    expect(hole[0]).toBe("0xfef00000 in cpu-memory-0: nothing");
    expect(hole).toContain("  nothing in 0xfef00000-0xfffbffff: unassigned");
    expect(hole).toContain("  after it 0xfffc0000-0xffffffff is pc.bios from 0x0 on, ROM");
    expect(hole).toContain("  load of 1, 2, 4 and 8: refused, DECODE_ERROR: nothing answers");
  });

  it("tells of ports", () => {
    const { run, lines } = monitorRig();
    const port = lines("explain -p 0xcf9");
    expect(port[0]).toBe("0xcf9 in I/O: piix3-reset-control + 0x0");
    expect(port).toContain("    in io, piix3-reset-control has priority 1, pci-conf-idx 0");
    expect(run("explain io 0xcf8 + 1")).toBe(run("explain -p 0xcf9"));
    expect(lines("explain io 0x60")[0]).toBe("0x60 in I/O: i8042-data + 0x0");
    expect(lines("explain io 0x10000")[0]).toBe("0x10000 in I/O: nothing");
  });

  it("takes expressions, to the end of the address space", () => {
    const { run, lines } = monitorRig();
    expect(run("explain (0x800 + 0) * 2")).toBe(run("explain 4096"));
    expect(lines("explain -1")[0]).toBe("0xffffffffffffffff in cpu-memory-0: nothing");
  });

  it.each([
    ["explain", "unexpected end of expression"],
    ["explain io", "unexpected end of expression"],
    ["explain -p", "unexpected end of expression"],
    ["explain -x 4", "explain: unsupported option -x"],
    ["explain hello", "invalid char 'h' in expression"],
    ["explain 1 2", "explain: extraneous characters at the end of line"],
    ["explain $nothing", "unknown register"],
  ])("refuses %s", (line, message) => {
    expect(monitorRig().run(line)).toBe(`${message}\nTry "help explain" for more information\n`);
  });

  it("has help", () => {
    expect(monitorRig().run("help explain")).toMatch(/^explain \[-p\|io\] addr -- tell why /);
  });
});
