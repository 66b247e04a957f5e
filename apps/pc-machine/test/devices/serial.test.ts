import { describe, expect, it } from "vitest";

import { Serial } from "../../src/devices/isa-serial/serial.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { DeviceRig, Wire } from "./device-rig.js";

const BASE = 0x3f8;
const [DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => BASE + n) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

function setUp() {
  const rig = new DeviceRig();
  const irq = new Wire();
  const backend = new MemoryBackend();
  const serial = new Serial(rig.ctx, { irq, backend });
  rig.map({ port: BASE, region: serial.region });
  serial.reset();
  return { rig, irq, backend, serial };
}

describe("16550A", () => {
  it("shows the power-on values", () => {
    const { rig } = setUp();
    expect([IER, IIR, LCR, LSR, MSR, SCR].map((port) => rig.in(port))).toEqual([
      0, 0x01, 0, 0x60, 0xb0, 0,
    ]);
  });

  it("sends to the host and keeps its divisor apart", () => {
    const { rig, backend } = setUp();
    rig.out(LCR, 0x83);
    rig.out(DATA, 0x01);
    rig.out(IER, 0x02);
    expect([rig.in(DATA), rig.in(IER)]).toEqual([0x01, 0x02]);
    rig.out(LCR, 0x03);
    for (const c of "ok\n") {
      rig.out(DATA, c.charCodeAt(0));
    }
    expect(backend.text).toBe("ok\n");
    rig.out(SCR, 0xa5);
    expect(rig.in(SCR)).toBe(0xa5);
  });

  it("interrupts when the transmitter empties, an edge for each byte", () => {
    const { rig, irq } = setUp();
    rig.out(IER, 0x02);
    expect(irq.edges).toBe(1);
    expect(rig.in(IIR)).toBe(0x02);
    expect(irq.level).toBe(false);
    expect(rig.in(IIR)).toBe(0x01);
    rig.out(DATA, 0x41);
    expect(irq.edges).toBe(2);
    rig.out(DATA, 0x42);
    expect(irq.edges).toBe(3);
    rig.out(IER, 0x00);
    expect(irq.level).toBe(false);
  });

  it("receives one byte at a time without FIFOs, losing none", () => {
    const { rig, irq, backend } = setUp();
    rig.out(IER, 0x01);
    backend.send("abc");
    let text = "";
    while ((rig.in(LSR) & 1) !== 0) {
      expect(rig.in(IIR)).toBe(0x04);
      text += String.fromCharCode(rig.in(DATA));
    }
    expect(text).toBe("abc");
    expect(irq.level).toBe(false);
  });

  it("interrupts at the trigger level, and after a pause below it", () => {
    const { rig, irq, backend } = setUp();
    rig.out(0x3fa, 0x81 | 0x06);
    rig.out(IER, 0x01);
    backend.send("1234567");
    expect(irq.level).toBe(false);
    backend.send("8");
    expect(irq.level).toBe(true);
    expect(rig.in(IIR)).toBe(0xc4);
    rig.in(DATA);
    expect(irq.level).toBe(false);
    // 9600 baud, 5 data bits, 1 stop bit: 7 bits a character.
    const timeout = Math.ceil((4 * 7 * 1e9) / 9600);
    rig.clock.advance(timeout - 10);
    expect(irq.level).toBe(false);
    rig.clock.advance(20);
    expect(rig.in(IIR)).toBe(0xcc);
    rig.in(DATA);
    expect(rig.in(IIR)).toBe(0xc1);
  });

  it("holds sixteen bytes and takes the rest as room is made", () => {
    const { rig, backend } = setUp();
    rig.out(0x3fa, 0x01);
    const sent = "The quick brown fox jumps over the lazy dog.";
    backend.send(sent);
    let text = "";
    while ((rig.in(LSR) & 1) !== 0) {
      text += String.fromCharCode(rig.in(DATA));
    }
    expect(text).toBe(sent);
  });

  it("loops back data and modem lines", () => {
    const { rig, irq, backend } = setUp();
    rig.out(MCR, 0x1a);
    expect(rig.in(MSR) & 0xf0).toBe(0x90);
    rig.out(DATA, 0x5a);
    expect(backend.text).toBe("");
    expect(rig.in(LSR) & 0x01).toBe(0x01);
    rig.out(DATA, 0x5b);
    rig.out(IER, 0x04);
    expect(irq.level).toBe(true);
    expect(rig.in(IIR)).toBe(0x06);
    expect(rig.in(LSR) & 0x02).toBe(0x02);
    expect(rig.in(DATA)).toBe(0x5b);
    rig.in(MSR);
    rig.out(IER, 0x08);
    rig.out(MCR, 0x18);
    expect(rig.in(IIR)).toBe(0x00);
    expect(rig.in(MSR)).toBe(0x81);
    expect(rig.in(IIR)).toBe(0x01);
  });

  it("orders its sources: line, received, sent", () => {
    const { rig, backend } = setUp();
    rig.out(MCR, 0x10);
    rig.out(DATA, 1);
    rig.out(DATA, 2);
    rig.out(IER, 0x07);
    expect(rig.in(IIR)).toBe(0x06);
    rig.in(LSR);
    expect(rig.in(IIR)).toBe(0x04);
    rig.in(DATA);
    expect(rig.in(IIR)).toBe(0x02);
    expect(rig.in(IIR)).toBe(0x01);
    rig.out(MCR, 0x00);
    backend.send("x");
    expect(rig.in(IIR)).toBe(0x04);
  });
});
