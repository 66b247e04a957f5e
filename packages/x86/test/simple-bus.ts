import type { CpuBus, CpuWindow } from "../src/index.js";

/** RAM from address 0, with everything above it a device that the test supplies. */
export class SimpleBus implements CpuBus {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly region = { directRead: true, plainWrite: true };
  /** Accesses that did not hit RAM: "r4 fee00000", "w2 fee00000=1234". */
  readonly log: string[] = [];
  value = 0;
  #commit: (() => void)[] = [];
  #ram: CpuWindow;
  #hole: CpuWindow;

  constructor(size = 1 << 20) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.#ram = {
      start: 0,
      last: size - 1,
      region: this.region,
      bytes: this.bytes,
      view: this.view,
      bias: 0,
    };
    this.#hole = {
      start: size,
      last: 0xffffffff,
      region: { directRead: false, plainWrite: false },
      bytes: null,
      view: null,
      bias: 0,
    };
  }

  lookup(address: number): CpuWindow {
    return address < this.bytes.length ? this.#ram : this.#hole;
  }
  load(address: number, size: 1 | 2 | 4): number {
    if (address + size <= this.bytes.length) {
      return size === 1
        ? this.view.getUint8(address)
        : size === 2
          ? this.view.getUint16(address, true)
          : this.view.getUint32(address, true);
    }
    this.log.push(`r${size} ${address.toString(16)}`);
    return this.value;
  }
  store(address: number, size: 1 | 2 | 4, value: number): number {
    if (!this.region.plainWrite && address < this.bytes.length) {
      this.log.push(`w${size} ${address.toString(16)}=${value.toString(16)}`);
    }
    if (address + size <= this.bytes.length) {
      if (size === 1) this.view.setUint8(address, value);
      else if (size === 2) this.view.setUint16(address, value, true);
      else this.view.setUint32(address, value, true);
    } else this.log.push(`w${size} ${address.toString(16)}=${value.toString(16)}`);
    return 0;
  }
  listen(listener: { commit?(): void }): Disposable {
    this.#commit.push(() => listener.commit?.());
    return { [Symbol.dispose]: () => undefined };
  }
  /** As after a change of topology; `bytes` = what the RAM window shows from now on. */
  commit(bytes?: Uint8Array): void {
    if (bytes !== undefined) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#ram = { ...this.#ram, bytes, view };
    }
    for (const call of this.#commit) call();
  }
}
