import { systemInternals } from "@mem/core/plumbing";
import { Data64, memOp, MemorySystem, MemTxResult, memTxAttrs, type MmioOps } from "@mem/core";
import { describe, expect, it } from "vitest";

/** A device that logs its callbacks and holds bytes 0x00, 0x11, 0x22... */
function device(ops: Partial<MmioOps> = {}, machine = new MemorySystem()) {
  const calls: string[] = [];
  const bytes = Array.from({ length: 16 }, (_, i) => i * 0x11);
  const compose = (offset: number, size: number): bigint => {
    let value = 0n;
    for (let i = 0; i < size; i++) value |= BigInt(bytes[(offset + i) % 16] ?? 0) << BigInt(8 * i);
    return value;
  };
  const region = machine.mmio({
    name: "dev",
    size: 16,
    read(offset, size) {
      calls.push(`r${offset}/${size}`);
      return Number(compose(offset, size));
    },
    write: (offset, value, size) => calls.push(`w${offset}/${size}=${value.toString(16)}`),
    ...(Math.max(ops.impl?.minAccessSize ?? 0, ops.impl?.maxAccessSize ?? 0) < 8
      ? {}
      : {
          read64(offset: number) {
            calls.push(`r${offset}/8`);
            return compose(offset, 8);
          },
          write64: (offset: number, value: bigint) =>
            void calls.push(`w${offset}/8=${value.toString(16)}`),
        }),
    ...ops,
  });
  const data = new Data64();
  return {
    region,
    calls,
    machine,
    read(addr: number, size: number, order: "little" | "big" = "little") {
      const result = region.dispatchRead(addr, memOp(size, order), data);
      return { result, value: data.value64 };
    },
    write(addr: number, size: number, value: bigint, order: "little" | "big" = "little") {
      data.value64 = value;
      return region.dispatchWrite(addr, memOp(size, order), data);
    },
  };
}

describe("device accesses", () => {
  it("pass through when the device takes them as they are", () => {
    const dev = device();
    expect(dev.read(4, 4)).toEqual({ result: 0, value: 0x77665544n });
    expect(dev.write(2, 2, 0xabcdn)).toBe(0);
    expect(dev.calls).toEqual(["r4/4", "w2/2=abcd"]);
  });

  it("of 8 bytes become two of 4 by default, in ascending order whatever the byte order", () => {
    const little = device();
    expect(little.read(0, 8).value).toBe(0x7766554433221100n);
    little.write(8, 8, 0x1122334455667788n);
    expect(little.calls).toEqual(["r0/4", "r4/4", "w8/4=55667788", "w12/4=11223344"]);
    const big = device({ endianness: "big" });
    big.write(8, 8, 0x1122334455667788n, "big");
    expect(big.calls).toEqual(["w8/4=11223344", "w12/4=55667788"]);
  });

  it("of 8 bytes go whole to a device that implements them", () => {
    const dev = device({ impl: { maxAccessSize: 8 } });
    expect(dev.read(0, 8).value).toBe(0x7766554433221100n);
    dev.write(0, 8, 0x1122334455667788n);
    expect(dev.calls).toEqual(["r0/8", "w0/8=1122334455667788"]);
  });

  it("are split to what the implementation can do", () => {
    const dev = device({ impl: { maxAccessSize: 1 } });
    expect(dev.read(0, 4).value).toBe(0x33221100n);
    expect(dev.calls).toEqual(["r0/1", "r1/1", "r2/1", "r3/1"]);
  });

  it("smaller than the implementation are widened at the same address", () => {
    const little = device({ impl: { minAccessSize: 4 } });
    expect(little.read(1, 1).value).toBe(0x44332211n);
    little.write(1, 1, 0xabn);
    expect(little.calls).toEqual(["r1/4", "w1/4=ab"]);
    const big = device({ impl: { minAccessSize: 4 }, endianness: "big" });
    big.write(1, 1, 0xabn, "big");
    expect(big.calls).toEqual(["w1/4=ab000000"]);
  });

  it("are swapped where the orders of device and access differ", () => {
    const dev = device({ endianness: "big" });
    expect(dev.read(0, 4).value).toBe(0x00112233n);
    expect(dev.read(0, 4, "big").value).toBe(0x33221100n);
    dev.write(0, 2, 0x1234n);
    expect(dev.calls.at(-1)).toBe("w0/2=3412");
  });

  it("that are refused answer DECODE_ERROR and 0 without a callback", () => {
    const dev = device({ valid: { minAccessSize: 2, maxAccessSize: 4 } });
    const refused = { result: MemTxResult.DECODE_ERROR, value: 0n };
    expect(dev.read(0, 1)).toEqual(refused);
    expect(dev.read(0, 8)).toEqual(refused);
    expect(dev.read(1, 2)).toEqual(refused);
    expect(dev.write(1, 4, 1n)).toBe(MemTxResult.DECODE_ERROR);
    expect(dev.calls).toEqual([]);
    expect(device({ valid: { unaligned: true } }).read(1, 2).result).toBe(0);
  });

  it("ask `accepts` first, with offset, size, direction and attributes", () => {
    const asked: unknown[] = [];
    const dev = device({
      valid: {
        accepts: (...question) => {
          asked.push(question.slice(0, 3));
          return question[3].secure;
        },
      },
    });
    expect(dev.read(1, 2).result).toBe(MemTxResult.DECODE_ERROR);
    expect(asked).toEqual([[1, 2, false]]);
    expect(dev.region.accessValid(0, 4, true, memTxAttrs({ secure: true }))).toBe(true);
  });

  it("ask `accepts` of devices with wide offsets by bigint", () => {
    const machine = new MemorySystem();
    const asked: unknown[] = [];
    const region = machine.mmio({
      name: "wide",
      size: 2n ** 60n,
      wideOffsets: true,
      read: () => 7,
      valid: {
        accepts: (...question) => {
          asked.push(question.slice(0, 3));
          return question[0] !== 4n;
        },
      },
    });
    const far = 2n ** 54n + 4n;
    expect(region.accessValid(far, 4, false)).toBe(true);
    expect(region.accessValid(4, 4, false)).toBe(false);
    expect(asked).toEqual([
      [far, 4, false],
      [4n, 4, false],
    ]);
  });

  it("with attributes report what the device says and drop the data of a failed read", () => {
    const dev = device({
      readWithAttrs: (offset, _size, attrs, data) => {
        data.value = attrs.requesterId;
        return offset === 4 ? MemTxResult.ERROR : MemTxResult.OK;
      },
    });
    const data = new Data64();
    const attrs = memTxAttrs({ requesterId: 0x1234 });
    expect(dev.region.dispatchRead(0, memOp(8), data, attrs)).toBe(MemTxResult.ERROR);
    expect(data.value64).toBe(0x1234n);
  });

  it("without a callback in their direction are decode errors", () => {
    const machine = new MemorySystem();
    const readOnly = machine.mmio({ name: "ro", size: 4, read: () => 1 });
    expect(readOnly.dispatchWrite(0, memOp(4), new Data64())).toBe(MemTxResult.DECODE_ERROR);
  });

  it("survive a throwing callback: ERROR, value 0, one log line", () => {
    const log: string[] = [];
    const machine = new MemorySystem({ log: (category, text) => log.push(`${category}: ${text}`) });
    const dev = device(
      {
        read() {
          throw new Error("broken");
        },
        write() {
          throw new Error("broken");
        },
      },
      machine,
    );
    expect(dev.read(0, 4)).toEqual({ result: MemTxResult.ERROR, value: 0n });
    expect(dev.write(0, 4, 1n)).toBe(MemTxResult.ERROR);
    expect(log).toEqual([
      "callback: /machine/unattached/dev[0]: a device callback threw: Error: broken",
    ]);
    expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
  });

  it("may nest only so deep", () => {
    let depth = 0;
    let deepest = 0;
    const dev = device({
      read(): number {
        deepest = Math.max(deepest, ++depth);
        const { value } = dev.read(0, 4);
        depth--;
        return Number(value) + 1;
      },
    });
    expect(dev.read(0, 4).result).toBe(0);
    expect(deepest).toBe(64);
  });

  it("cannot re-enter a device that is busy", () => {
    const machine = new MemorySystem();
    const owner = machine.objects.create("device");
    const results: number[] = [];
    const data = new Data64();
    const registers = machine.mmio({ name: "regs", size: 4, owner, read: () => 7 });
    const doorbell = machine.mmio({
      name: "doorbell",
      size: 4,
      owner,
      write: () => results.push(registers.dispatchRead(0, memOp(4), data), data.lo),
    });
    doorbell.dispatchWrite(0, memOp(4), new Data64());
    expect(results).toEqual([MemTxResult.ACCESS_ERROR, 0]);
    registers.reentrancyGuardDisabled = true;
    doorbell.dispatchWrite(0, memOp(4), new Data64());
    expect(results.slice(2)).toEqual([MemTxResult.OK, 7]);
  });
});
