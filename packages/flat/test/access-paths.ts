import { type AddressSpace, Data64, memOp, type MemTxResult, type MmioOps } from "@mem/flat";

/** What an access came to: its result, and for reads what was read, as a number or as hex. */
export type Outcome = { result: MemTxResult; value: string | null };

/** A way to read or write. */
export interface Path {
  readonly name: string;
  readonly isWrite: boolean;
  run(bus: AddressSpace, addr: number): Outcome;
}

/** Bytes as hex. */
export const hexBytes = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Reads into a buffer that held something else. */
export function reading(length: number, read: (into: Uint8Array) => MemTxResult): Outcome {
  const into = new Uint8Array(length).fill(0xee);
  const result = read(into);
  return { result, value: hexBytes(into) };
}

function loading(load: (data: Data64) => MemTxResult): Outcome {
  const data = new Data64();
  data.value64 = 0xeeee_eeee_eeee_eeeen;
  const result = load(data);
  return { result, value: data.value64.toString(16) };
}

function storing(store: (data: Data64) => MemTxResult): Outcome {
  const data = new Data64();
  data.value64 = 0x0102_0304_0506_0708n;
  return { result: store(data), value: null };
}

/** Ways to read. */
export const loads: Path[] = [
  ...([1, 2, 4] as const).map((size) => ({
    name: `load of ${size}`,
    isWrite: false,
    run(bus: AddressSpace, addr: number): Outcome {
      const value = bus.load(addr, size).toString(16);
      return { result: bus.lastResult, value };
    },
  })),
  ...([1, 2, 4, 8] as const).map((size) => ({
    name: `loadData of ${size}, big endian`,
    isWrite: false,
    run: (bus: AddressSpace, addr: number) =>
      loading((data) => bus.loadData(addr, memOp(size, "big"), data)),
  })),
  ...[1, 3, 8, 20].map((length) => ({
    name: `read of ${length}`,
    isWrite: false,
    run: (bus: AddressSpace, addr: number) => reading(length, (into) => bus.read(addr, into)),
  })),
  {
    name: "rw",
    isWrite: false,
    run: (bus, addr) => reading(8, (into) => bus.rw(addr, into, false)),
  },
];

/** Ways to write. */
export const stores: Path[] = [
  ...([1, 2, 4] as const).map((size) => ({
    name: `store of ${size}`,
    isWrite: true,
    run: (bus: AddressSpace, addr: number) => ({
      result: bus.store(addr, size, 0x1234),
      value: null,
    }),
  })),
  {
    name: "storeData of 8",
    isWrite: true,
    run: (bus, addr) => storing((data) => bus.storeData(addr, memOp(8), data)),
  },
  ...[1, 3, 8, 20].map((length) => ({
    name: `write of ${length}`,
    isWrite: true,
    run: (bus: AddressSpace, addr: number) => ({
      result: bus.write(addr, new Uint8Array(length)),
      value: null,
    }),
  })),
  {
    name: "set",
    isWrite: true,
    run: (bus, addr) => ({ result: bus.set(addr, 1, 9), value: null }),
  },
];

/** All of them. */
export const paths = [...loads, ...stores];
/** Those that are one access to a device that takes 8 bytes. */
export const single = paths.filter(({ name }) => !/ (3|20)$|^set$/.test(name));
/** Whether what was read is 0 all over; so it is of a write. */
export const allZero = (value: string | null) => value === null || /^0*$/.test(value);

/** Callbacks for every size, of which `calls` counts the calls. */
export function wideOps(calls: { count: number }): MmioOps {
  const tick = () => void calls.count++;
  return {
    impl: { maxAccessSize: 8 },
    valid: { maxAccessSize: 8 },
    read: () => (tick(), 0x55),
    write: tick,
    read64: () => (tick(), 0x55n),
    write64: tick,
  };
}
