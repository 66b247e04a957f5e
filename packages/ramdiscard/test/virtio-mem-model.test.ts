import { BitmapRamDiscardSource, VirtioMemResponse, VirtioMemState } from "@mem/ramdiscard";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK, load, makePluggable, Passthrough, store } from "./pc-memory.js";
import { same } from "./same.js";

const { ACK, NACK, BUSY, ERROR } = VirtioMemResponse;
const { PLUGGED, UNPLUGGED, MIXED } = VirtioMemState;
const BLOCKS = 16;
const EXTENT = 4;
const CASES = Number(process.env["MEM_PROPERTY_CASES"] ?? 150);
const SEED = process.env["MEM_PROPERTY_SEED"];

/** A memory device with those who follow it, and what it should do. */
class World {
  readonly parts = makePluggable({ requestedSize: 0 });
  readonly secret = new BitmapRamDiscardSource(this.parts.region, BLOCK);
  plugged = new Set<number>();
  shared = new Set<number>();
  followers: Passthrough[] = [];
  requested = 0;
  usable = 0;
  held: Disposable | null = null;
  isSecretThere = false;
  /** What was stored into plugged blocks. */
  readonly stored = new Map<number, number>();

  get device() {
    return this.parts.device;
  }

  at(block: number): number {
    return this.parts.at(block);
  }

  /** The blocks that those who follow should have. */
  visible(plugged: Iterable<number> = this.plugged): number[] {
    const blocks = [...plugged].filter((block) => !this.isSecretThere || this.shared.has(block));
    return blocks.sort((a, b) => a - b);
  }

  /** Whether all followers have room for so many blocks. */
  fits(blocks: number): boolean {
    return this.followers.every(({ limit }) => blocks <= limit);
  }

  /** Whether those who follow may have more now than then, and would not find room. */
  refused(after: readonly number[]): boolean {
    return after.length > this.visible().length && !this.fits(after.length);
  }

  check(): void {
    const { device, memory } = this.parts;
    same(device.pluggedSize, BigInt(this.plugged.size * BLOCK));
    same(device.requestedSize, BigInt(this.requested * BLOCK));
    same(device.usableRegionSize, BigInt(this.usable * BLOCK));
    for (const one of this.followers) same(one.blocks, this.visible());
    for (let block = 0; block < this.usable; block++) {
      const state = this.plugged.has(block) ? PLUGGED : UNPLUGGED;
      same(device.state(this.at(block), BLOCK), { response: ACK, state });
      // Reading allocates: of the unplugged blocks the first two must do.
      if (block > 1 && state === UNPLUGGED) continue;
      const value = this.plugged.has(block) ? (this.stored.get(block) ?? 0) : 0;
      same(load(memory, this.at(block)), value);
    }
  }
}

type Step = (world: World) => void;

const range = fc
  .tuple(fc.nat(BLOCKS), fc.integer({ min: 1, max: 5 }))
  .map(([from, length]) => Array.from({ length }, (_, i) => from + i));

const plug = fc.tuple(range, fc.boolean()).map(([blocks, on]): Step => (world) => {
  const { device, plugged } = world;
  const first = world.at(blocks[0] ?? 0);
  const bad = blocks.some((block) => block >= world.usable);
  const wrong = blocks.some((block) => plugged.has(block) === on);
  const after = new Set(plugged);
  for (const block of blocks) {
    if (on) after.add(block);
    else after.delete(block);
  }
  const tooMuch = on && plugged.size + blocks.length > world.requested;
  const busy = world.held !== null || (on && world.refused(world.visible(after)));
  const expected = bad ? ERROR : tooMuch ? NACK : wrong ? ERROR : busy ? BUSY : ACK;
  const size = blocks.length * BLOCK;
  same(on ? device.plug(first, size) : device.unplug(first, size), expected);
  if (expected === ACK) {
    world.plugged = after;
    for (const block of blocks) world.stored.delete(block);
  }
  if (bad) return;
  const states = blocks.map((block) => world.plugged.has(block));
  const state = !states.includes(false) ? PLUGGED : states.includes(true) ? MIXED : UNPLUGGED;
  same(device.state(first, size), { response: ACK, state });
});

const request = fc.nat(BLOCKS).map((blocks): Step => (world) => {
  world.device.requestedSize = blocks * BLOCK;
  world.requested = blocks;
  const usable = blocks === 0 ? 0 : Math.min(blocks + EXTENT, BLOCKS);
  world.usable = Math.max(world.usable, usable);
});

const unplugAll = fc.boolean().map((isReset): Step => (world) => {
  const busy = world.held !== null && world.plugged.size > 0;
  const answer = isReset ? (world.device.reset() ? ACK : BUSY) : world.device.unplugAll();
  same(answer, busy ? BUSY : ACK);
  if (busy) return;
  world.plugged.clear();
  world.stored.clear();
  world.usable = world.requested === 0 ? 0 : Math.min(world.requested + EXTENT, BLOCKS);
});

const follow = fc.nat(BLOCKS).map((limit): Step => (world) => {
  if (world.followers.length > 2 || world.visible().length > limit) return;
  world.followers.push(new Passthrough(world.parts.memory, limit));
});

const unfollow: fc.Arbitrary<Step> = fc.constant((world) => {
  world.followers.shift()?.[Symbol.dispose]();
});

const limit = fc.nat(BLOCKS).map((most): Step => (world) => {
  const one = world.followers[0];
  if (one) one.limit = Math.max(most, world.visible().length);
});

const hold: fc.Arbitrary<Step> = fc.constant((world) => {
  world.held?.[Symbol.dispose]();
  world.held = world.held ? null : world.device.hold();
});

const share = fc.tuple(fc.nat(BLOCKS - 1), fc.boolean()).map(([block, on]): Step => (world) => {
  const after = new Set(world.shared);
  if (on) after.add(block);
  else after.delete(block);
  const shown = [...world.plugged].filter((one) => !world.isSecretThere || after.has(one));
  const refused = on && world.isSecretThere && world.refused(shown);
  if (on) same(world.secret.populate(block * BLOCK, BLOCK), refused ? -16 : 0);
  else world.secret.discard(block * BLOCK, BLOCK);
  if (!refused) world.shared = after;
});

const keepSecret: fc.Arbitrary<Step> = fc.constant((world) => {
  const { manager } = world.device;
  if (!world.isSecretThere) {
    same(manager?.addSource(world.secret), 0);
    world.isSecretThere = true;
    return;
  }
  const refused = world.refused([...world.plugged]);
  same(manager?.removeSource(world.secret), refused ? -16 : 0);
  if (!refused) world.isSecretThere = false;
});

const touch = fc.tuple(fc.nat(BLOCKS - 1), fc.nat(1000)).map(([block, value]): Step => (world) => {
  if (!world.plugged.has(block)) return;
  store(world.parts.memory, world.at(block), value);
  world.stored.set(block, value);
});

const restore = fc.boolean().map((isSame): Step => (world) => {
  const snapshot = world.device.save();
  const kept = new Set([...world.plugged].filter((block) => isSame || block % 2 === 0));
  const bitmap = new Uint8Array(BLOCKS / 8);
  for (const block of kept) bitmap[block >> 3] = (bitmap[block >> 3] ?? 0) | (1 << (block & 7));
  const busy = world.held !== null;
  same(world.device.restore({ ...snapshot, bitmap }), busy ? -16 : 0);
  if (busy) return;
  for (const block of world.plugged) if (!kept.has(block)) world.stored.delete(block);
  world.plugged = kept;
});

const steps = fc.array(
  fc.oneof(
    { arbitrary: plug, weight: 8 },
    { arbitrary: request, weight: 3 },
    { arbitrary: touch, weight: 3 },
    { arbitrary: share, weight: 2 },
    unplugAll,
    follow,
    unfollow,
    limit,
    hold,
    keepSecret,
    restore,
  ),
  { minLength: 5, maxLength: 40, size: "max" },
);

describe("a memory device among those who follow it", () => {
  it("agrees with a naive model at all times", () => {
    const answered = new Set<string>();
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        world.device.listen({ pluggedSizeChanged: () => answered.add("plugged") });
        for (const step of all) {
          step(world);
          world.check();
        }
        if (world.plugged.size > 0 && world.followers.length > 0) answered.add("followed");
        if (world.isSecretThere) answered.add("secret");
      }),
      { numRuns: CASES, ...(SEED ? { seed: Number(SEED) } : {}) },
    );
    expect([...answered].sort()).toEqual(["followed", "plugged", "secret"]);
  });
});
