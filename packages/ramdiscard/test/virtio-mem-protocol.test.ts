import { RegionOptionsError } from "@mem/core";
import {
  DiscardStatus,
  handleVirtioMemRequest,
  VIRTIO_MEM_REQUEST_BYTES,
  type VirtioMem,
  virtioMemConfig,
  VirtioMemRequest,
  VirtioMemResponse,
  VirtioMemState,
} from "@mem/ramdiscard";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listener, sectionOf } from "./machine.js";
import { BASE, BLOCK, load, makePluggable, Passthrough, store } from "./pc-memory.js";

const { ACK, NACK, BUSY, ERROR } = VirtioMemResponse;
const { PLUG, UNPLUG, UNPLUG_ALL, STATE } = VirtioMemRequest;

/** The type and the state of the response to a request. */
function send(device: VirtioMem, type: number, address = 0, blocks = 0): [number, number] {
  const request = new Uint8Array(VIRTIO_MEM_REQUEST_BYTES + 1).fill(0xaa).subarray(1);
  const view = new DataView(request.buffer, request.byteOffset);
  view.setUint16(0, type, true);
  view.setBigUint64(8, BigInt(address), true);
  view.setUint16(16, blocks, true);
  const response = handleVirtioMemRequest(device, request);
  expect(response).toHaveLength(10);
  const answer = new DataView(response.buffer);
  expect([answer.getUint16(2), answer.getUint32(4)]).toEqual([0, 0]);
  return [answer.getUint16(0, true), answer.getUint16(8, true)];
}

describe("requests in a guest's queue", () => {
  it("are carried out and answered", () => {
    const { device, at } = makePluggable();
    expect(send(device, PLUG, at(1), 3)).toEqual([ACK, 0]);
    expect(send(device, PLUG, at(4), 6)).toEqual([NACK, 0]);
    expect(send(device, UNPLUG, at(2), 1)).toEqual([ACK, 0]);
    expect(send(device, STATE, at(1), 1)).toEqual([ACK, VirtioMemState.PLUGGED]);
    expect(send(device, STATE, at(2), 1)).toEqual([ACK, VirtioMemState.UNPLUGGED]);
    expect(send(device, STATE, at(1), 3)).toEqual([ACK, VirtioMemState.MIXED]);
    using _hold = device.hold();
    expect(send(device, UNPLUG_ALL)).toEqual([BUSY, 0]);
    expect([send(device, STATE, at(1), 0), send(device, PLUG, 1, 1)]).toEqual([
      [ERROR, 0],
      [ERROR, 0],
    ]);
  });

  it("are errors when they are unknown or too short", () => {
    const { device, at } = makePluggable();
    expect(send(device, 4, at(0), 1)).toEqual([ERROR, 0]);
    expect(handleVirtioMemRequest(device, new Uint8Array(23))[0]).toBe(ERROR);
    expect(device.pluggedSize).toBe(0n);
  });

  it("never throw, whatever they hold", () => {
    const { device, at } = makePluggable();
    const nearby = fc.integer({ min: at(-2), max: at(18) }).map((n) => n - (n % 4096));
    const requests = fc.record({
      type: fc.oneof(fc.nat(4), fc.nat(0xffff)),
      address: fc.oneof(
        fc.bigInt(0n, 2n ** 64n - 1n),
        nearby.map(BigInt),
        fc.nat(17).map((n) => BigInt(at(n))),
      ),
      blocks: fc.oneof(fc.nat(4), fc.nat(0xffff)),
    });
    fc.assert(
      fc.property(requests, ({ type, address, blocks }) => {
        const bytes = new Uint8Array(VIRTIO_MEM_REQUEST_BYTES);
        const view = new DataView(bytes.buffer);
        view.setUint16(0, type, true);
        view.setBigUint64(8, address, true);
        view.setUint16(16, blocks, true);
        const response = handleVirtioMemRequest(device, bytes);
        expect([ACK, NACK, ERROR]).toContain(response[0]);
        expect(device.pluggedSize).toBeLessThanOrEqual(device.requestedSize);
      }),
      { numRuns: 1000 },
    );
  });

  it("come after the configuration was read", () => {
    const { device, at } = makePluggable({ node: 0x0102 });
    device.plug(at(0), 2 * BLOCK);
    const view = new DataView(virtioMemConfig(device).buffer);
    const fields = [0, 16, 24, 32, 40, 48].map((offset) => Number(view.getBigUint64(offset, true)));
    expect(fields).toEqual([BLOCK, BASE, 16 * BLOCK, 12 * BLOCK, 2 * BLOCK, 8 * BLOCK]);
    expect([view.byteLength, view.getUint16(8, true), view.getUint16(10)]).toEqual([56, 0x0102, 0]);
  });
});

describe("the state of a memory device", () => {
  it("can be saved, and taken over by another", () => {
    const from = makePluggable();
    from.device.plug(from.at(1), 2 * BLOCK);
    from.device.plug(from.at(9), BLOCK);
    from.device.requestedSize = 4 * BLOCK;
    store(from.memory, from.at(9), 77);
    const snapshot = from.device.save();
    const to = makePluggable({ requestedSize: 0 });
    to.block?.write(9 * BLOCK, Uint8Array.of(77));
    const told: string[] = [];
    to.device.manager?.registerListener(listener("a", told), sectionOf(to.region, 0, 16 * BLOCK));
    to.device.listen({
      configChanged: () => told.push("config"),
      pluggedSizeChanged: (size) => told.push(`size ${size}`),
    });
    expect(to.device.restore(snapshot)).toBe(DiscardStatus.OK);
    expect(told).toEqual(["a+200000+400000", "a+1200000+200000", `size ${3 * BLOCK}`, "config"]);
    expect(to.device.save()).toEqual(snapshot);
    expect(load(to.memory, to.at(9))).toBe(77);
  });

  it("replaces what was plugged before", () => {
    const { device, memory, at } = makePluggable();
    const passed = new Passthrough(memory, 4);
    device.plug(at(0), BLOCK);
    device.plug(at(2), BLOCK);
    const snapshot = device.save();
    device.unplug(at(0), BLOCK);
    device.plug(at(3), BLOCK);
    store(memory, at(2), 5);
    store(memory, at(3), 6);
    expect(device.restore(snapshot)).toBe(DiscardStatus.OK);
    expect([passed.blocks, load(memory, at(2)), load(memory, at(3))]).toEqual([[0, 2], 5, 0]);
  });

  it("is not taken over in part", () => {
    const { device, memory, at } = makePluggable();
    const passed = new Passthrough(memory, 100);
    for (const block of [0, 2, 4]) device.plug(at(block), BLOCK);
    const snapshot = device.save();
    device.unplugAll();
    device.plug(at(7), BLOCK);
    device.requestedSize = 9 * BLOCK;
    const before = device.save();
    passed.limit = 3;
    expect(device.restore(snapshot)).toBe(DiscardStatus.BUSY);
    expect([device.save(), passed.blocks]).toEqual([before, [7]]);
    passed.limit = 4;
    expect([device.restore(snapshot), passed.blocks]).toEqual([DiscardStatus.OK, [0, 2, 4]]);
  });

  it("of another device is refused", () => {
    const { device, at } = makePluggable();
    device.plug(at(0), BLOCK);
    const good = device.save();
    for (const change of [
      { address: good.address + good.blockSize },
      { blockSize: good.blockSize * 2n },
      { regionSize: good.regionSize * 2n },
      { node: 1 },
      { requestedSize: 17n * good.blockSize },
      { requestedSize: 1n },
      { usableRegionSize: good.requestedSize - good.blockSize },
      { usableRegionSize: 17n * good.blockSize },
      { bitmap: new Uint8Array(3) },
      { bitmap: Uint8Array.of(0, 0x80) },
    ]) {
      expect(() => device.restore({ ...good, ...change })).toThrow(RegionOptionsError);
    }
    expect(device.save()).toEqual(good);
  });
});
