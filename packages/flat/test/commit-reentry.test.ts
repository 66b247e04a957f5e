import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  ListenerError,
  Machine,
  type MemoryListener,
  type MemoryRegion,
  TYPE_DEVICE,
} from "@mem/flat";
import { memberOf } from "../src/plumbing.js";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let parts: MemoryRegion[];

beforeEach(() => {
  machine = new Machine();
  root = machine.container({ name: "root", size: 0x10000 });
  bus = machine.addressSpace(root, "bus");
  parts = [0, 1, 2, 3].map((i) => machine.reservation({ name: `r${i}`, size: 0x1000 }));
  machine.transaction(() => parts.forEach((part, i) => root.addSubregion(i * 0x2000, part)));
});

/** A listener that keeps the ranges that it was told of, and refuses news that contradict them. */
function mirror(): MemoryListener & { known: Set<string>; open: boolean } {
  return {
    known: new Set<string>(),
    open: false,
    begin() {
      if (this.open) throw new Error("begin within begin");
      this.open = true;
    },
    commit() {
      if (!this.open) throw new Error("commit without begin");
      this.open = false;
    },
    regionAdd(section) {
      if (!this.open) throw new Error("add outside a commit");
      if (this.known.has(`${section}`)) throw new Error(`${section} added twice`);
      this.known.add(`${section}`);
    },
    regionDel(section) {
      if (!this.known.delete(`${section}`)) throw new Error(`${section} was not there`);
    },
    regionNop(section) {
      if (!this.known.has(`${section}`)) throw new Error(`${section} was never added`);
    },
  };
}

const shown = (space: AddressSpace): string[] =>
  [...space.flatView.ranges()].map((range) => `0x${range.start.toString(16)} ${range.region.name}`);
const kept = (listener: { known: Set<string> }): string[] =>
  [...listener.known].map((line) => line.replace(/\+.* (.*)@.*/, " $1")).sort();

/** Changes in both directions, so that every kind of callback comes. */
function change(): void {
  machine.transaction(() => {
    for (const part of parts.slice(0, 2)) part.enabled = !part.enabled;
    const [, , third] = parts;
    if (third) third.addr = third.addr === 0x4000n ? 0x9000n : 0x4000n;
  });
}

const KINDS = ["begin", "regionDel", "regionAdd", "regionNop", "commit"] as const;

describe("within the callbacks of a commit", () => {
  it("a listener can join, and then knows what shows", () => {
    for (const kind of KINDS) {
      for (const priority of [-1, 1]) {
        const late = { ...mirror(), priority };
        const early = mirror();
        let armed = false;
        const host: MemoryListener = {
          [kind]() {
            if (!armed) return;
            armed = false;
            bus.listen(late);
          },
        };
        const registrations = [bus.listen(host), bus.listen(early)];
        armed = true;
        change();
        expect(armed, kind).toBe(false);
        expect(kept(late), kind).toEqual(shown(bus));
        expect(kept(early), kind).toEqual(shown(bus));
        change();
        expect(kept(late), kind).toEqual(shown(bus));
        expect(late.open).toBe(false);
        bus.removeListeners();
        expect([...late.known, ...early.known]).toEqual([]);
        for (const registration of registrations) expect(registration.active).toBe(false);
      }
    }
  });

  it("a listener can leave, and has then forgotten everything", () => {
    for (const kind of KINDS) {
      for (const priority of [-1, 1]) {
        const leaving = { ...mirror(), priority };
        const registration = bus.listen(leaving);
        let armed = false;
        using _host = bus.listen({
          [kind]() {
            if (!armed) return;
            armed = false;
            registration[Symbol.dispose]();
            expect(registration.active).toBe(false);
          },
        });
        armed = true;
        change();
        expect(armed, kind).toBe(false);
        expect([...leaving.known], kind).toEqual([]);
        change();
        expect([...leaving.known], kind).toEqual([]);
      }
    }
  });

  it("all listeners can be removed, also by one of them", () => {
    for (const kind of KINDS) {
      const [a, b] = [mirror(), mirror()];
      bus.listen(a);
      let armed = false;
      bus.listen({
        [kind]() {
          if (!armed) return;
          armed = false;
          bus.removeListeners();
        },
      });
      bus.listen(b);
      armed = true;
      change();
      expect([...a.known, ...b.known], kind).toEqual([]);
      expect(memberOf(bus).listeners.size).toBe(0);
    }
  });

  it("address spaces can come and go", () => {
    const owner = machine.objects.create(TYPE_DEVICE);
    const owned = machine.mmio({ name: "owned", size: 0x10, owner, read: () => 0 });
    root.addSubregion(0xc000, owned);
    for (const kind of KINDS) {
      const others = [0, 1, 2].map((i) => machine.addressSpace(root, `other${i}`));
      let fresh: AddressSpace | null = null;
      let armed = false;
      {
        using _host = bus.listen({
          [kind]() {
            if (!armed) return;
            armed = false;
            for (const other of others) other.destroy();
            fresh = machine.addressSpace(root, "fresh");
          },
        });
        armed = true;
        change();
      }
      const made = fresh as AddressSpace | null;
      expect(made && shown(made), kind).toEqual(shown(bus));
      change();
      expect(made && shown(made), kind).toEqual(shown(bus));
      made?.destroy();
      change();
    }
    // The script's own reference is the only one left.
    root.removeSubregion(owned);
    expect(owner.refcount).toBe(1);
    owner.unref();
    expect(owner.finalized).toBe(true);
  });

  it("a transaction can be opened, and holds changes back until it is closed", () => {
    const [first] = parts;
    if (!first) throw new Error("no region");
    let armed = false;
    using _host = bus.listen({
      commit() {
        if (!armed) return;
        armed = false;
        machine.begin();
        first.addr = 0xe000;
      },
    });
    armed = true;
    change();
    change();
    expect(systemInternals(machine).transactions.depth).toBe(1);
    expect(shown(bus)).not.toContain("0xe000 r0");
    machine.commit();
    expect(shown(bus)).toContain("0xe000 r0");
  });

  it("all that listeners of several rounds threw comes out together", () => {
    const [first, second] = parts;
    if (!first || !second) throw new Error("no region");
    let rounds = 2;
    using _host = bus.listen({
      commit() {
        if (++rounds > 2) return;
        if (rounds === 1) second.enabled = false;
        throw new Error(`round ${rounds}`);
      },
    });
    rounds = 0;
    let thrown: unknown;
    try {
      first.enabled = false;
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ListenerError);
    expect((thrown as ListenerError).failures.map(({ cause }) => String(cause))).toEqual([
      "Error: round 1",
      "Error: round 2",
    ]);
  });
});

describe("a listener that throws while it registers", () => {
  it("is not registered", () => {
    const listener: MemoryListener = {
      regionAdd() {
        throw new Error("no");
      },
    };
    expect(() => bus.listen(listener)).toThrow("no");
    expect(memberOf(bus).listeners.size).toBe(0);
    change();
    bus.destroy();
  });
});
