/** A driver for the controller, as small as can be: one queue, and a packet at a time. */
import { readLe, writeLe } from "../../src/pci/config-space.js";
import type { Rig } from "../support/board-rig.js";

const PORTS = 0xc000;
const FRAMES = 0x1_0000;
const QUEUE = 0x2_0000;
const DESCRIPTOR = 0x2_1000;
const DATA = 0x2_2000;
const FRAME_NS = 1_000_000;
const TOKEN = { in: 0x69, out: 0xe1, setup: 0x2d } as const;
const SLOT = 5;

/** Bits of a descriptor's state after its end. */
export const Ended = { OK: 0, STALL: 0x40, TIMEOUT: 0x04, ACTIVE: 0x80, NAK: 0x08 } as const;

export class UsbHost {
  readonly rig: Rig;

  /** @param rig a board with the controller in slot 5 */
  constructor(rig: Rig) {
    this.rig = rig;
    rig.setConfig(SLOT, 0, 0x20, PORTS);
    rig.setConfig(SLOT, 0, 0x04, 0x05);
    for (let frame = 0; frame < 1024; frame++) this.poke(FRAMES + 4 * frame, QUEUE | 2);
    this.poke(QUEUE, 1);
    this.poke(QUEUE + 4, 1);
    this.out(8, FRAMES, 4);
    this.out(4, 0x0f, 2);
    this.out(0, 0x01, 2);
  }

  /** A register of the controller. */
  in(offset: number, size: 2 | 4 = 2): number {
    const bytes = new Uint8Array(size);
    this.rig.pc.io.read(PORTS + offset, bytes);
    return readLe(bytes, 0, size);
  }

  out(offset: number, value: number, size: 2 | 4 = 2): void {
    const bytes = new Uint8Array(size);
    writeLe(bytes, 0, value, size);
    this.rig.pc.io.write(PORTS + offset, bytes);
  }

  poke(address: number, value: number): void {
    const bytes = new Uint8Array(4);
    writeLe(bytes, 0, value >>> 0, 4);
    this.rig.pc.memory.write(address, bytes);
  }

  peek(address: number): number {
    const bytes = new Uint8Array(4);
    this.rig.pc.memory.read(address, bytes);
    return readLe(bytes, 0, 4);
  }

  /** Let frames pass. */
  pass(frames: number): void {
    this.rig.clock.advance(frames * FRAME_NS);
    this.rig.clock.runDue();
  }

  /** Reset what is at a port (0 or 1), and switch the port on. */
  enable(port: number): void {
    this.out(0x10 + 2 * port, 0x0200);
    this.out(0x10 + 2 * port, 0x0000);
    this.out(0x10 + 2 * port, 0x000e);
  }

  /** Queue a packet and let a frame pass. @returns bits of {@link Ended}, and what came */
  packet(
    token: keyof typeof TOKEN,
    address: number,
    endpoint: number,
    data: Uint8Array | number,
  ): { readonly state: number; readonly bytes: Uint8Array } {
    const length = typeof data === "number" ? data : data.length;
    if (typeof data !== "number") this.rig.pc.memory.write(DATA, data);
    this.poke(DESCRIPTOR, 1);
    this.poke(DESCRIPTOR + 4, 0x1980_0000);
    this.poke(
      DESCRIPTOR + 8,
      TOKEN[token] | (address << 8) | (endpoint << 15) | (((length - 1) & 0x7ff) << 21),
    );
    this.poke(DESCRIPTOR + 12, DATA);
    this.poke(QUEUE + 4, DESCRIPTOR);
    this.pass(1);
    const control = this.peek(DESCRIPTOR + 4);
    const state = (control >> 16) & 0xfe;
    this.poke(QUEUE + 4, 1);
    const moved = state === Ended.OK ? ((control & 0x7ff) + 1) & 0x7ff : 0;
    const bytes = new Uint8Array(token === "in" ? moved : 0);
    this.rig.pc.memory.read(DATA, bytes);
    return { state, bytes };
  }

  /** A control transfer that asks. @returns the answer, `null` when it is refused */
  ask(
    address: number,
    type: number,
    request: number,
    value: number,
    index: number,
    length: number,
  ) {
    this.packet("setup", address, 0, setup(type, request, value, index, length));
    const answer: number[] = [];
    for (;;) {
      const { state, bytes } = this.packet("in", address, 0, 8);
      if (state !== Ended.OK) return null;
      answer.push(...bytes);
      if (bytes.length < 8 || answer.length >= length) break;
    }
    this.packet("out", address, 0, 0);
    return Uint8Array.from(answer);
  }

  /** A control transfer that tells. @returns whether it was taken */
  tell(
    address: number,
    type: number,
    request: number,
    value: number,
    index: number,
    data = new Uint8Array(0),
  ): boolean {
    this.packet("setup", address, 0, setup(type, request, value, index, data.length));
    if (data.length > 0) this.packet("out", address, 0, data);
    return this.packet("in", address, 0, 0).state === Ended.OK;
  }

  /** Give the device at a port an address, and its configuration. */
  configure(port: number, address: number): void {
    this.enable(port);
    this.tell(0, 0x00, 5, address, 0);
    this.tell(address, 0x00, 9, 1, 0);
  }
}

function setup(type: number, request: number, value: number, index: number, length: number) {
  const bytes = new Uint8Array(8);
  writeLe(bytes, 0, type | (request << 8), 2);
  writeLe(bytes, 2, value, 2);
  writeLe(bytes, 4, index, 2);
  writeLe(bytes, 6, length, 2);
  return bytes;
}
