import { RegionOptionsError } from "@mem/core";
import { Machine } from "@mem/flat";
import {
  IommuNotifier,
  IommuNotifierFlag,
  PageTableIommu,
  type PageTableIommuOptions,
  WindowTableIommu,
  type WindowTableIommuOptions,
} from "@mem/iommu";
import { describe, expect, it } from "vitest";

/** An IOMMU of a board, which has an option of its own. */
class BoardIommu extends WindowTableIommu {
  readonly socket: number;

  constructor(machine: Machine, options: WindowTableIommuOptions & { socket: number }) {
    super(machine, options);
    this.socket = options.socket;
  }
}

class BoardTables extends PageTableIommu {
  constructor(machine: Machine, options: PageTableIommuOptions & { socket: number }) {
    super(machine, options);
  }
}

function board() {
  const machine = new Machine();
  const target = machine.addressSpace(machine.ram({ name: "ram", size: 0x1000 }), "memory");
  return { machine, base: { name: "iommu", size: 0x1000, target } };
}

describe("an IOMMU class that is derived", () => {
  it("may have options of its own, and is told of names that are nearly right", () => {
    const { machine, base } = board();
    for (const Class of [BoardIommu, BoardTables]) {
      expect(() => new Class(machine, { ...base, socket: 1 })).not.toThrow();
      const wrong = { ...base, socket: 1, indexs: 2 };
      expect(() => new Class(machine, wrong)).toThrow('did you mean "indexes"?');
    }
    const plain = { ...base, socket: 1 };
    expect(() => new WindowTableIommu(machine, plain)).toThrow(RegionOptionsError);
  });

  it("lets go of its notifiers when it ends", () => {
    const { machine, base } = board();
    const iommu = machine.adopt(new BoardIommu(machine, { ...base, socket: 1 }));
    iommu.registerNotifier(
      new IommuNotifier({ flags: IommuNotifierFlag.UNMAP, notify: () => undefined }),
    );
    expect(iommu.notifiers).toHaveLength(1);
    iommu.unparent();
    expect([iommu.finalized, iommu.notifiers.length]).toEqual([true, 0]);
  });
});
