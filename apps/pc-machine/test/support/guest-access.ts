/** What a guest does to a machine, as data: for running it in two machines, and for printing it. */

export type Width = 1 | 2 | 4;

/** One access of the processor. */
export interface Access {
  readonly space: "io" | "memory";
  readonly address: number;
  readonly size: Width;
  /** The value written; without one it is a read. */
  readonly write?: number;
}

/** A few accesses that belong together, or a press of the reset button. */
export interface Step {
  /** What it is about, for people. */
  readonly what: string;
  readonly accesses: readonly Access[];
  /** Press the reset button after the accesses. */
  readonly resetButton?: boolean;
}

export function portRead(address: number, size: Width): Access {
  return { space: "io", address, size };
}

export function portWrite(address: number, size: Width, value: number): Access {
  return { space: "io", address, size, write: truncate(value, size) };
}

export function memoryRead(address: number, size: Width): Access {
  return { space: "memory", address, size };
}

export function memoryWrite(address: number, size: Width, value: number): Access {
  return { space: "memory", address, size, write: truncate(value, size) };
}

/** Point the configuration ports at the doubleword that holds register `offset` of a function. */
export function configIndex(devfn: number, offset: number): Access {
  return portWrite(0xcf8, 4, 0x8000_0000 | (devfn << 8) | (offset & 0xfc));
}

export function configWrite(
  devfn: number,
  offset: number,
  size: Width,
  value: number,
): readonly Access[] {
  return [configIndex(devfn, offset), portWrite(0xcfc + (offset & 3), size, value)];
}

export function configRead(devfn: number, offset: number, size: Width): readonly Access[] {
  return [configIndex(devfn, offset), portRead(0xcfc + (offset & 3), size)];
}

function truncate(value: number, size: Width): number {
  return (value >>> 0) % 2 ** (8 * size);
}

/** The access as one would write it down. */
export function formatAccess({ space, address, size, write }: Access): string {
  const name = `${space === "io" ? (write === undefined ? "in" : "out") : write === undefined ? "read" : "write"}${8 * size}`;
  const value = write === undefined ? "" : `, 0x${write.toString(16)}`;
  return `${name}(0x${address.toString(16)}${value})`;
}

/** The step as one would write it down: the same read many times, such as of a drive's data, with their number. */
export function formatStep({ what, accesses, resetButton = false }: Step): string {
  const parts: { text: string; times: number }[] = [];
  for (const access of accesses) {
    const text = formatAccess(access);
    const last = parts.at(-1);
    if (last?.text === text) last.times++;
    else parts.push({ text, times: 1 });
  }
  const texts = parts.map(({ text, times }) => (times === 1 ? text : `${times} times ${text}`));
  return `${what}: ${[...texts, ...(resetButton ? ["reset button"] : [])].join("; ")}`;
}
