import { internalsOf, systemInternals } from "@mem/core/plumbing";
import {
  addEventfd,
  type AddressSpace,
  Data64,
  DeviceObject,
  Machine,
  type MemoryRegion,
  memTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  TYPE_DEVICE,
} from "@mem/flat";
import { describe, expect, it } from "vitest";
import { Random } from "@mem/common";

/** `MEM_PROPERTY_CASES=100000` makes a long run of it. */
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 100);
const FIRST_SEED = Number(process.env["MEM_PROPERTY_SEED"] ?? 1);
const TOP = 1n << 64n;

/** What callbacks answer, whatever their type says. */
const ODD: readonly unknown[] = [0, 1, -1, NaN, 1e300, 2 ** 53, 1.5, undefined, null, "x", 5n];

/** A machine whose devices do to it whatever comes to their mind, in the midst of accesses. */
class Wild {
  readonly machine = new Machine();
  readonly random: Random;
  readonly top: MemoryRegion;
  readonly owners: DeviceObject[] = [];
  readonly regions: MemoryRegion[] = [];
  readonly spaces: AddressSpace[] = [];
  /** Things that callbacks may still do: otherwise they would go on for ever. */
  #mischief = 40;

  constructor(seed: number) {
    this.random = new Random(seed);
    const { machine } = this;
    this.top = machine.container({ name: "top", size: TOP });
    for (let i = 0; i < 4; i++) {
      const owner = machine.objects.create(TYPE_DEVICE, {
        parent: machine.objects.container("/machine"),
        name: `d${i}`,
      });
      if (!(owner instanceof DeviceObject)) throw new Error("no device");
      owner.unref();
      this.owners.push(owner);
    }
    for (let i = 0; i < 10; i++) this.#make(i);
    for (const region of this.regions) this.#place(region);
    this.spaces.push(machine.addressSpace(this.top, "bus"));
    this.spaces.push(machine.addressSpace(this.random.pick(this.regions), "odd"));
  }

  #make(i: number): void {
    const { machine, random } = this;
    const owner = random.chance(80) ? random.pick(this.owners) : null;
    const common = { name: random.chance(90) ? `r${i}` : null, size: this.#size(), owner };
    const kind = random.below(6);
    const target = this.regions.at(-1);
    const ram = { ...common, size: 1 + random.below(20000) };
    if (kind === 0) this.regions.push(machine.ram(ram));
    else if (kind === 1) this.regions.push(machine.rom(ram));
    else if (kind === 2 && target) {
      this.regions.push(machine.alias({ ...common, target, offset: this.#addr() }));
    } else if (kind === 3) {
      this.regions.push(machine.romDevice({ ...ram, ...this.#ops() }));
    } else if (kind === 4) {
      const memory = new Uint8Array(1 + random.below(9000));
      this.regions.push(machine.ramDevice({ ...common, size: memory.length, memory }));
    } else {
      const region = machine.mmio({ ...common, ...this.#ops() });
      if (random.chance(20)) {
        const notifier = machine.eventNotifier();
        notifier.onSignal(() => void this.#answer());
        addEventfd(region, { addr: random.below(8), size: 0, notifier, allowUnreachable: true });
      }
      this.regions.push(region);
    }
  }

  #ops() {
    const { random } = this;
    const answer = (): never => this.#answer() as never;
    const sizes = random.pick([
      {},
      { maxAccessSize: 8 },
      { minAccessSize: 4 },
      { maxAccessSize: 1 },
    ]);
    return {
      wideOffsets: true as const,
      endianness: random.pick(["little", "big", "native"] as const),
      impl: { maxAccessSize: 0, ...sizes, unaligned: random.chance(30) },
      valid: {
        ...random.pick([{}, { maxAccessSize: 8 }, { maxAccessSize: 2 }]),
        unaligned: random.chance(40),
        ...(random.chance(20) && { accepts: () => Boolean(this.#answer()) }),
      },
      ...(random.chance(70)
        ? { read: answer, write: answer, read64: answer, write64: answer }
        : { readWithAttrs: answer, writeWithAttrs: answer }),
    };
  }

  #size(): bigint {
    const { random } = this;
    return random.chance(10) ? TOP : random.bits(1 + random.below(16)) + 1n;
  }

  #addr(): bigint {
    const { random } = this;
    const far = random.pick([0n, 0n, 0n, 1n << 53n, TOP - 0x4000n, 1n << 32n]);
    const at = far + random.bits(14);
    return at < TOP ? at : TOP - 1n;
  }

  #place(region: MemoryRegion): void {
    const into = this.random.chance(75) ? this.top : this.random.pick(this.regions);
    try {
      into.addSubregion(this.#addr(), region, { priority: this.random.below(4) });
    } catch {
      // A cycle, an alias, a region that is in place or gone: refused, which is fine.
    }
  }

  /** What a callback does before it answers something or other. */
  #answer(): unknown {
    const { random } = this;
    if (this.#mischief-- > 0) {
      const region = random.pick(this.regions);
      const kind = random.below(12);
      if (kind === 0) this.#access();
      else if (kind === 1) this.machine.transaction(() => this.#access());
      else this.#misuse(kind, region);
    }
    if (random.chance(15)) throw new Error("a callback's own");
    return random.pick(ODD);
  }

  /** Changes that may be refused; a callback would not care either. */
  #misuse(kind: number, region: MemoryRegion): void {
    const { random } = this;
    if (kind === 2) region.enabled = !region.enabled;
    else if (kind === 3) region.addr = this.#addr();
    else if (kind === 4) region.container?.removeSubregion(region);
    else if (kind === 5) this.#place(region);
    else if (kind === 6) region.readonly = !region.readonly;
    else if (kind === 7) region.romd = !region.romd;
    else if (kind === 8) random.pick(this.owners).unparent();
    else if (kind === 9) region.size = this.#size();
    else if (kind === 10) region.reentrancyGuardDisabled = random.chance(50);
    else if (kind === 11 && region.alias) region.aliasOffset = this.#addr();
  }

  /** One access of any kind, anywhere. Never throws. */
  access(): void {
    this.#mischief = 40;
    this.#access();
  }

  #access(): void {
    const { random } = this;
    const space = random.pick(this.spaces);
    const exact = this.#addr();
    const near = Number(exact) <= Number.MAX_SAFE_INTEGER ? Number(exact) : 0;
    const addr = random.chance(50) ? exact : near;
    const attrs = random.chance(50)
      ? MEMTXATTRS_UNSPECIFIED
      : memTxAttrs({ memory: random.chance(20), debug: random.chance(30), requesterId: 7 });
    const bytes = new Uint8Array(random.below(random.chance(10) ? 6000 : 40));
    const op = random.pick([0, 1, 2, 3, 8, 9, 10, 11]);
    const isWrite = random.chance(50);
    const size = random.pick([1, 2, 4] as const);
    const data = new Data64();
    const results = [
      () => (space.load(near, size, attrs), space.lastResult),
      () => space.store(near, size, 0x89abcdef, attrs),
      () => space.loadData(addr, op, data, attrs),
      () => space.storeData(addr, op, data, attrs),
      () => space.read(addr, bytes, attrs),
      () => space.write(addr, bytes, attrs),
      () => space.writeRom(addr, bytes, attrs),
      () => space.set(addr, 7, bytes.length, attrs),
      () => (space.accessValid(addr, bytes.length, isWrite, attrs), 0),
      () => (space.translate(addr, bytes.length + 1, isWrite, attrs), 0),
      () => (space.iotlbEntry(addr, isWrite, attrs), 0),
      () => (space.isIo(addr), 0),
      () => (space.map(addr, bytes.length, { isWrite, attrs })?.unmap(), 0),
    ];
    const result = random.pick(results)();
    if (!(Number.isInteger(result) && result >= 0 && result <= 7)) {
      throw new Error(`an access answered ${String(result)}`);
    }
  }
}

describe("whatever devices do in the midst of whatever accesses", () => {
  it(`no access throws, stays open or leaves anything behind, in ${CASES} wild machines`, () => {
    let accesses = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const wild = new Wild(seed * 40503);
      const { machine } = wild;
      for (let i = 0; i < 60; i++) {
        try {
          wild.access();
        } catch (error) {
          throw new Error(`seed ${seed}, access ${i}`, { cause: error });
        }
        accesses++;
        const engaged = wild.owners.some((owner) => owner.engagedInIo);
        const entered = wild.regions.some((region) => internalsOf(region).entered !== 0);
        if (
          systemInternals(machine).reclaimer.inFlight ||
          systemInternals(machine).transactions.depth ||
          engaged ||
          entered
        ) {
          throw new Error(`seed ${seed}, access ${i}: something stayed open`);
        }
      }
      for (const space of wild.spaces) space.destroy();
      for (const region of wild.regions) {
        if (!region.finalized) region.container?.removeSubregion(region);
      }
      machine.transaction(() => systemInternals(machine).transactions.touchTopology());
      for (const region of wild.regions) {
        if (internalsOf(region).label === null && !region.finalized) region.unref();
      }
      for (const owner of wild.owners) if (!owner.finalized) owner.unparent();
      const leaks = machine.leaks();
      if (leaks.length > 0) throw new Error(`seed ${seed}: ${leaks.map((l) => l.description)}`);
    }
    expect(accesses).toBe(CASES * 60);
  });
});
