import { describe, expect, it } from "vitest";

import { FwCfgError, FwCfgItems } from "../src/devices/fw-cfg/items.js";
import { MIB, Rig } from "./support/board-rig.js";

const SELECTOR = 0x510;
const DATA = 0x511;
const DMA = 0x514;
const DESCRIPTOR = 0x8000;
const BUFFER = 0x9000;

function item(rig: Rig, key: number, length: number): number[] {
  rig.out(SELECTOR, 2, key);
  return Array.from({ length }, () => rig.in(DATA, 1));
}

function text(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes).replace(/\0+$/, "");
}

/** The directory as firmware reads it: name to key and length. */
function directory(rig: Rig): Map<string, { key: number; length: number }> {
  const [a = 0, b = 0, c = 0, d = 0] = item(rig, 0x19, 4);
  const count = (a << 24) | (b << 16) | (c << 8) | d;
  const files = new Map<string, { key: number; length: number }>();
  for (let i = 0; i < count; i++) {
    const entry = Array.from({ length: 64 }, () => rig.in(DATA, 1));
    const view = new DataView(Uint8Array.from(entry).buffer);
    files.set(text(entry.slice(8)), { length: view.getUint32(0), key: view.getUint16(4) });
  }
  return files;
}

/** Start a DMA request; returns the control word it left. */
function dma(rig: Rig, control: number, length: number, address: number): number {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, control);
  view.setUint32(4, length);
  view.setBigUint64(8, BigInt(address));
  rig.pc.memory.write(DESCRIPTOR, new Uint8Array(view.buffer));
  rig.out(DMA, 4, 0);
  rig.out(DMA + 4, 4, swap(DESCRIPTOR));
  const outcome = new Uint8Array(4);
  rig.pc.memory.read(DESCRIPTOR, outcome);
  return new DataView(outcome.buffer).getUint32(0);
}

function swap(value: number): number {
  return (
    ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
  );
}

describe("fw_cfg ports", () => {
  it("present the signature, first of all and on request", () => {
    const rig = new Rig();
    expect(text([rig.in(DATA, 1), rig.in(DATA, 1), rig.in(DATA, 1), rig.in(DATA, 1)])).toBe("QEMU");
    expect(rig.in(DATA, 1)).toBe(0);
    expect(text(item(rig, 0, 4))).toBe("QEMU");
    expect(item(rig, 1, 4)).toEqual([3, 0, 0, 0]);
  });

  it("present numbers little endian, and zeros under unknown keys", () => {
    const rig = new Rig({ bootMenu: true });
    expect(item(rig, 3, 8)).toEqual([0, 0, 0, 4, 0, 0, 0, 0]);
    expect(item(rig, 5, 2)).toEqual([1, 0]);
    expect(item(rig, 0x0e, 2)).toEqual([1, 0]);
    expect(item(rig, 0x0f, 2)).toEqual([1, 0]);
    expect(item(rig, 0x777, 4)).toEqual([0, 0, 0, 0]);
  });

  it("select by word only", () => {
    const rig = new Rig();
    rig.out(SELECTOR, 2, 1);
    rig.out(SELECTOR, 1, 5);
    expect(rig.in(DATA, 1)).toBe(3);
  });

  it("select the same whether or not the key says that it is to be written", () => {
    const rig = new Rig();
    rig.out(SELECTOR, 2, 0x4000);
    expect([rig.in(DATA, 1), rig.in(DATA, 1)]).toEqual([0x51, 0x45]);
  });

  it("list the files in the order of their names", () => {
    const rig = new Rig({ fwCfgFiles: { "opt/hello": new TextEncoder().encode("hi") } });
    const files = directory(rig);
    const names = [...files.keys()];
    expect(names).toEqual([...names].sort());
    expect(names).toContain("etc/e820");
    expect(names).toContain("bootorder");
    expect([...files.values()].map(({ key }) => key)).toEqual(names.map((_name, i) => 0x20 + i));
    const hello = files.get("opt/hello");
    expect(hello?.length).toBe(2);
    expect(text(item(rig, hello?.key ?? 0, 4))).toBe("hi");
  });

  it("describe the RAM below and above the PCI hole", () => {
    const e820 = (ramSize: number): bigint[] => {
      const rig = new Rig({ ramSize });
      const file = directory(rig).get("etc/e820");
      const bytes = Uint8Array.from(item(rig, file?.key ?? 0, file?.length ?? 0));
      const view = new DataView(bytes.buffer);
      const numbers: bigint[] = [];
      for (let at = 0; at < bytes.length; at += 20) {
        numbers.push(view.getBigUint64(at, true), view.getBigUint64(at + 8, true));
        expect(view.getUint32(at + 16, true)).toBe(1);
      }
      return numbers;
    };
    expect(e820(64 * MIB)).toEqual([0n, 0x400_0000n]);
    expect(e820(3583 * MIB)).toEqual([0n, 0xdff0_0000n]);
    expect(e820(3584 * MIB)).toEqual([0n, 0xc000_0000n, 0x1_0000_0000n, 0x2000_0000n]);
    expect(e820(6144 * MIB)).toEqual([0n, 0xc000_0000n, 0x1_0000_0000n, 0xc000_0000n]);
  });
});

describe("fw_cfg DMA", () => {
  it("announces itself", () => {
    const rig = new Rig();
    const bytes = Array.from({ length: 8 }, (_unused, i) => rig.in(DMA + i, 1));
    expect(text(bytes)).toBe("QEMU CFG");
    expect(rig.in(DMA, 4)).toBe(0x554d4551);
  });

  it("selects and reads, zeros past the end", () => {
    const rig = new Rig();
    rig.write(BUFFER + 8, 0xaaaa_aaaa);
    expect(dma(rig, 0x0000_000a, 8, BUFFER)).toBe(0);
    expect(rig.read(BUFFER)).toBe(0x554d4551);
    expect(rig.read(BUFFER + 4)).toBe(0);
    expect(rig.read(BUFFER + 8)).toBe(0xaaaa_aaaa);
  });

  it("skips, and goes on from there", () => {
    const rig = new Rig();
    expect(dma(rig, 0x0000_000c, 2, 0)).toBe(0);
    expect(dma(rig, 0x02, 2, BUFFER)).toBe(0);
    expect(rig.read(BUFFER, 2)).toBe(0x554d);
  });

  it("shares the selection with the ports", () => {
    const rig = new Rig();
    expect(dma(rig, 0x0001_0008, 0, 0)).toBe(0);
    expect(rig.in(DATA, 1)).toBe(3);
  });

  it("writes only what is writable", () => {
    const rig = new Rig();
    const target = new Uint8Array(4);
    rig.pc.board.fwCfg.items.addFile("opt/target", target, { writable: true });
    const key = directory(rig).get("opt/target")?.key ?? 0;
    rig.write(BUFFER, 0x0403_0201);
    expect(dma(rig, (key << 16) | 0x18, 4, BUFFER)).toBe(0);
    expect([...target]).toEqual([1, 2, 3, 4]);
    expect(dma(rig, (key << 16) | 0x18, 5, BUFFER)).toBe(1);
    expect(dma(rig, 0x0000_0018, 4, BUFFER)).toBe(1);
    expect(text(item(rig, 0, 4))).toBe("QEMU");
  });

  it("reports memory that is not there, and logs it", () => {
    const rig = new Rig();
    expect(dma(rig, 0x0000_000a, 4, 0xf000_0000)).toBe(1);
    expect(rig.messages.some((message) => message.includes("fw_cfg"))).toBe(true);
  });
});

describe("fw_cfg items", () => {
  it("refuses names and counts it cannot hold", () => {
    const items = new FwCfgItems();
    items.addFile("a", new Uint8Array(1));
    expect(() => items.addFile("a", new Uint8Array(1))).toThrow(FwCfgError);
    expect(() => items.addFile("", new Uint8Array(1))).toThrow(FwCfgError);
    expect(() => items.addFile("x".repeat(56), new Uint8Array(1))).toThrow(/55/);
    items.replaceFile("a", Uint8Array.of(1, 2, 3));
    expect(items.file("a")?.bytes).toHaveLength(3);
    expect(() => items.replaceFile("b", new Uint8Array(1))).toThrow(FwCfgError);
    items.addFile("x".repeat(55), new Uint8Array(1));
    for (let i = 0; i < 30; i++) {
      items.addFile(`f${i}`, new Uint8Array(0));
    }
    expect(() => items.addFile("one-too-many", new Uint8Array(0))).toThrow(/32/);
  });
});
