import {
  ArgumentError,
  type DeviceInit,
  DeviceObject,
  type MemoryRegion,
  MemorySystem,
} from "@mem/core";
import { type ObjectClass, PropertyNotFoundError, value } from "@mem/qom";
import { describe, expect, it } from "vitest";

const read = () => 0x60;

class VirtioBlock extends DeviceObject {
  static readonly typeInfo = {
    classInit(klass: ObjectClass) {
      klass.addProperty({ name: "baud", type: value.uint(32), default: 9600 });
    },
  };
  readonly registers: MemoryRegion;
  readonly port: number;
  baudWhenRealized: unknown = null;

  constructor(init: DeviceInit<MemorySystem>, port: number) {
    super(init);
    this.port = port;
    this.registers = init.machine.mmio({ name: "regs", size: 8, owner: this, read });
  }

  protected override onRealize(): void {
    this.baudWhenRealized = [this.getProperty("baud"), this.canonicalPath()];
  }
}

describe("machine.device", () => {
  it("answers the typed device, its parent's, with properties set and realized", () => {
    const machine = new MemorySystem();
    const board = machine.device(DeviceObject, { name: "board", type: "board" });
    const device = machine.device(VirtioBlock, { name: "disk0", parent: board, baud: 115200 }, 7);
    const { port, registers }: VirtioBlock = device;
    expect([port, registers.owner]).toEqual([7, device]);
    expect(device.baudWhenRealized).toEqual([115200, "/machine/unattached/board/disk0"]);
    expect([device.realized, device.klass.name, board.klass.name]).toEqual([
      true,
      "virtio-block",
      "board",
    ]);
    expect([device.isA("device"), device.parent]).toEqual([true, board]);
    // It is its parent's alone: nothing leaks when the result is forgotten.
    expect(machine.leaks().length).toBe(0);
    board.unparent();
    expect([device.finalized, registers.finalized]).toEqual([true, true]);
  });

  it("takes a path, makes names, and types by class", () => {
    const machine = new MemorySystem();
    class Disk extends VirtioBlock {}
    const made = [1, 2].map((port) => machine.device(Disk, { parent: "/machine/slots" }, port));
    expect(made.map((device) => device.canonicalPath())).toEqual([
      "/machine/slots/disk[0]",
      "/machine/slots/disk[1]",
    ]);
    expect(made[0]?.isA("virtio-block")).toBe(true);
    // Another class of that name, as after minifying.
    const other = { Disk: class Disk extends DeviceObject {} }.Disk;
    expect(machine.device(other).klass.name).toBe("disk-2");
    expect(() => machine.device(VirtioBlock, { type: "disk-2" }, 1)).toThrow(ArgumentError);
  });

  it("leaves nothing behind when a constructor, a property or realizing throws", () => {
    const machine = new MemorySystem();
    const root = machine.container({ name: "root", size: 0x1000 });
    class Broken extends DeviceObject {
      constructor(init: DeviceInit<MemorySystem>, where: string) {
        super(init);
        const regs = init.machine.mmio({ name: "regs", size: 8, owner: this, read });
        root.addSubregion(0, regs);
        this.#fail = where;
        if (where === "constructor") throw new Error("in the constructor");
      }
      readonly #fail: string;
      protected override onRealize(): void {
        if (this.#fail === "realize") throw new Error("in realize");
      }
    }
    machine.objects.container("/machine/unattached");
    const before = machine.objects.live.objects;
    const rams = [...machine.ramRegions].length;
    expect(() => machine.device(Broken, {}, "constructor")).toThrow("in the constructor");
    expect(() => machine.device(Broken, {}, "realize")).toThrow("in realize");
    expect(() => machine.device(Broken, { name: "b", bauds: 1 }, "")).toThrow(
      PropertyNotFoundError,
    );
    expect([...root.subregions]).toEqual([]);
    expect(machine.objects.live.objects).toBe(before);
    expect([...machine.ramRegions].length).toBe(rams);
    expect(machine.leaks().length).toBe(0);
  });
});
