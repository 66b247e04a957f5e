import type { CpuBus, CpuWindow } from "../../src/index.js";

/** What writes to the special ports set off. */
export interface PortSignals {
  exit(): void;
  interrupt(vector: number): void;
  nmi(): void;
  wakeLater(vector: number): void;
  a20(enabled: boolean): void;
}

/**
 * The I/O ports the programs use: 0xE9 takes the stream, 0xF4 ends the program, 0x81-0x83 and 0x87
 * are byte-wide scratch registers (the DMA page registers of a PC), 0xCF8 a 32-bit one (the PCI
 * address register), bit 1 of 0x92 lets address line 20 through. On this machine alone, writes to 0xEA raise the interrupt line with that
 * vector, to 0xEB an NMI, and to 0xEC the line with that vector as soon as the processor halts.
 * Every other port reads as ones.
 */
export class PortBus implements CpuBus {
  readonly #window: CpuWindow = {
    start: 0,
    last: 0xffff,
    region: { directRead: false, plainWrite: false },
    bytes: null,
    view: null,
    bias: 0,
  };
  readonly #scratch = new Uint8Array(0x100);
  readonly #signals: PortSignals;
  #pciAddress = 0;
  #stream = new Uint8Array(1 << 16);
  #length = 0;

  constructor(signals: PortSignals) {
    this.#signals = signals;
  }

  /** What was written to port 0xE9 so far. */
  get stream(): Uint8Array {
    return this.#stream.subarray(0, this.#length);
  }

  lookup(): CpuWindow {
    return this.#window;
  }

  load(port: number, size: 1 | 2 | 4): number {
    if (size === 4) return port === 0xcf8 ? this.#pciAddress : 0xffffffff;
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.#loadByte(port + i) << (8 * i);
    return value;
  }

  store(port: number, size: 1 | 2 | 4, value: number): number {
    if (size === 4 && port === 0xcf8) this.#pciAddress = value >>> 0;
    else if (size === 1 && port === 0xe9) this.#append(value);
    else if (size === 1 && port === 0xf4) this.#signals.exit();
    else if (size === 1 && port === 0xea) this.#signals.interrupt(value & 0xff);
    else if (size === 1 && port === 0xeb) this.#signals.nmi();
    else if (size === 1 && port === 0xec) this.#signals.wakeLater(value & 0xff);
    else if (size === 1 && port === 0x92) this.#signals.a20((value & 2) !== 0);
    else if (size < 4) for (let i = 0; i < size; i++) this.#storeByte(port + i, value >>> (8 * i));
    return 0;
  }

  listen(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  #isScratch(port: number): boolean {
    return (port >= 0x81 && port <= 0x83) || port === 0x87;
  }

  #loadByte(port: number): number {
    if (port === 0xe9) return 0xe9;
    return this.#isScratch(port) ? (this.#scratch[port] ?? 0) : 0xff;
  }

  #storeByte(port: number, value: number): void {
    if (this.#isScratch(port)) this.#scratch[port] = value;
  }

  #append(byte: number): void {
    if (this.#length === this.#stream.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#stream);
      this.#stream = larger;
    }
    this.#stream[this.#length++] = byte;
  }
}
