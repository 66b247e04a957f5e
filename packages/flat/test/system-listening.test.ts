import {
  type AddressSpace,
  GlobalDirty,
  ListenerError,
  Machine,
  type MemoryListener,
  type MemoryRegion,
} from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let root: MemoryRegion;
let ports: MemoryRegion;
let heard: string[];
let memory: AddressSpace;
let io: AddressSpace;
let ram: MemoryRegion;
let port: MemoryRegion;

beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 0x10000 });
  ports = machine.container({ name: "ports", size: 0x10000 });
  memory = machine.addressSpace(root, "memory");
  io = machine.addressSpace(ports, "io");
  ram = machine.ram({ name: "ram", size: 0x1000, migratable: true });
  port = machine.reservation({ name: "port", size: 8 });
  root.addSubregion(0, ram);
  ports.addSubregion(0x60, port);
  heard = [];
});

function recorder(name: string, priority = 0): MemoryListener {
  const note = (what: string): void => void heard.push(`${name} ${what}`);
  return {
    name,
    priority,
    begin: () => note("begin"),
    commit: () => note("commit"),
    regionAdd: (section) => note(`add ${section}`),
    regionDel: (section) => note(`del ${section}`),
    logGlobalStart: () => note("start"),
    logGlobalStop: () => note("stop"),
    logGlobalAfterSync: () => note("after"),
  };
}

describe("a listener of a machine", () => {
  it("is told of every address space, of each between a begin and a commit", () => {
    machine.listen(recorder("all"));
    expect(heard).toEqual([
      "all begin",
      "all add 0x0+0x1000 ram@0x0",
      "all commit",
      "all begin",
      "all add 0x60+0x8 port@0x0",
      "all commit",
    ]);
  });

  it("hears begin and commit of a change once, and takes its turn by priority in each space", () => {
    machine.listen(recorder("all", 0));
    io.listen(recorder("early", -1));
    memory.listen(recorder("late", 1));
    heard = [];
    machine.transaction(() => {
      ram.enabled = false;
      port.addr = 0x70;
    });
    expect(heard).toEqual([
      "early begin",
      "all begin",
      "late begin",
      "late del 0x0+0x1000 ram@0x0",
      "all del 0x0+0x1000 ram@0x0",
      "all del 0x60+0x8 port@0x0",
      "early del 0x60+0x8 port@0x0",
      "early add 0x70+0x8 port@0x0",
      "all add 0x70+0x8 port@0x0",
      "early commit",
      "all commit",
      "late commit",
    ]);
  });

  it("is told of address spaces that come and go, which it keeps from nothing", () => {
    const listening = machine.listen(recorder("all"));
    heard = [];
    const dma = machine.addressSpace(root, "dma");
    expect(heard).toEqual(["all begin", "all add 0x0+0x1000 ram@0x0", "all commit"]);
    heard = [];
    memory.destroy();
    expect(heard).toEqual(["all begin", "all del 0x0+0x1000 ram@0x0", "all commit"]);
    heard = [];
    ram.enabled = false;
    expect(heard).toEqual(["all begin", "all del 0x0+0x1000 ram@0x0", "all commit"]);
    heard = [];
    dma.destroy();
    io.destroy();
    expect(heard).toEqual([
      "all begin",
      "all commit",
      "all begin",
      "all del 0x60+0x8 port@0x0",
      "all commit",
    ]);
    heard = [];
    ram.enabled = true;
    expect(heard).toEqual([]);
    machine.addressSpace(root, "again");
    expect(heard).toHaveLength(3);
    heard = [];
    listening[Symbol.dispose]();
    expect(listening.active).toBe(false);
    expect(heard).toEqual(["all begin", "all del 0x0+0x1000 ram@0x0", "all commit"]);
    ram.enabled = false;
    expect(heard).toHaveLength(3);
  });

  it("hears of the machine's dirty logging once, however many spaces there are", () => {
    const listening = machine.listen(recorder("all"));
    heard = [];
    machine.dirtyLog.start(GlobalDirty.MIGRATION);
    machine.dirtyLog.afterSync();
    expect(heard.filter((line) => /start|after/.test(line))).toEqual(["all start", "all after"]);
    heard = [];
    machine.addressSpace(root, "later");
    expect(heard).not.toContain("all start");
    memory.destroy();
    heard = [];
    machine.dirtyLog.stop(GlobalDirty.MIGRATION);
    expect(heard.filter((line) => line === "all stop")).toHaveLength(1);
    listening[Symbol.dispose]();
    machine.dirtyLog.start(GlobalDirty.MIGRATION);
    heard = [];
    machine.listen(recorder("all"));
    expect(heard.filter((line) => line === "all start")).toHaveLength(1);
  });

  it("stays when the listeners of one address space are removed", () => {
    const listening = machine.listen(recorder("all"));
    memory.listen(recorder("own"));
    memory.removeListeners();
    heard = [];
    ram.enabled = false;
    expect(heard).toEqual(["all begin", "all del 0x0+0x1000 ram@0x0", "all commit"]);
    expect(listening.active).toBe(true);
  });

  it("joins a space that is made within a callback once the callbacks are over", () => {
    let fresh: AddressSpace | null = null;
    let armed = false;
    memory.listen({
      commit: () => {
        if (!armed) return;
        armed = false;
        heard.push("made");
        fresh = machine.addressSpace(ports, "fresh");
      },
    });
    machine.listen({ ...recorder("all"), priority: 1 });
    heard = [];
    armed = true;
    ram.enabled = false;
    expect(fresh).not.toBeNull();
    expect(heard).toEqual([
      "all begin",
      "all del 0x0+0x1000 ram@0x0",
      "made",
      "all commit",
      "all begin",
      "all add 0x60+0x8 port@0x0",
      "all commit",
    ]);
  });
});

describe("a listener of a machine that throws", () => {
  it("while it registers has left again wherever it had joined", () => {
    const listener: MemoryListener = {
      ...recorder("all"),
      regionAdd: (section) => {
        heard.push(`all add ${section}`);
        if (section.region === port) throw new Error("not this one");
      },
    };
    expect(() => machine.listen(listener)).toThrow(ListenerError);
    expect(heard).toEqual([
      "all begin",
      "all add 0x0+0x1000 ram@0x0",
      "all commit",
      "all begin",
      "all add 0x60+0x8 port@0x0",
      "all begin",
      "all del 0x0+0x1000 ram@0x0",
      "all commit",
    ]);
    heard = [];
    ram.enabled = false;
    expect(heard).toEqual([]);
    memory.destroy();
    io.destroy();
  });

  it("keeps a new address space from coming to be, and the others never heard of it", () => {
    machine.listen(recorder("calm"));
    let armed = false;
    machine.listen({
      name: "nervous",
      regionAdd: () => {
        if (armed) throw new Error("one too many");
      },
    });
    armed = true;
    heard = [];
    let error: unknown;
    try {
      machine.addressSpace(root, "new");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      rule: "listener-threw",
      listener: "nervous",
      callback: "regionAdd",
    });
    expect(heard.filter((line) => / (add|del) /.test(line))).toEqual([
      "calm add 0x0+0x1000 ram@0x0",
      "calm del 0x0+0x1000 ram@0x0",
    ]);
    expect(machine.addressSpaces.map(({ name }) => name)).toEqual(["memory", "io"]);
    armed = false;
    machine.addressSpace(root, "new");
  });

  it("as an address space ends does not keep it from ending", () => {
    machine.listen({
      name: "sad",
      regionDel: () => {
        throw new Error("stay");
      },
    });
    expect(() => memory.destroy()).toThrow("sad threw in regionDel");
    expect(memory.isDestroyed).toBe(true);
    expect(machine.addressSpaces).toEqual([io]);
    ram.enabled = false;
  });
});
