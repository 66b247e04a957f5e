/** A channel's bus master: it follows a list of memory areas (PRDs) that the driver wrote. */
import { MemTxResult, type MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import type { IdeChannel } from "./ide-channel.js";

const Register = { COMMAND: 0, STATUS: 2 } as const;
const COMMAND_START = 0x01;
/** The direction: the device is read, memory is written. */
const COMMAND_TO_MEMORY = 0x08;
const STATUS_ACTIVE = 0x01;
const STATUS_ERROR = 0x02;
const STATUS_INTERRUPT = 0x04;
/** Notes of the driver about which drives can do DMA; of no effect. */
const STATUS_CAPABLE = 0x60;

const PRD_BYTES = 8;
/** A list fills a page at most. */
const MOST_AREAS = 0x1000 / PRD_BYTES;
const PRD_END = 0x8000;

/** The registers of one channel within the bus master I/O window. */
export class BusMaster {
  /** `piix-bmdma`, 4 bytes: command and status. */
  readonly commandRegion: MemoryRegion;
  /** `bmdma`, 4 bytes: the address of the list. */
  readonly addressRegion: MemoryRegion;
  readonly #channel: () => IdeChannel;
  readonly #memory: () => AddressSpace;
  readonly #prd = new Uint8Array(PRD_BYTES);
  #command = 0;
  #status = 0;
  #list = 0;
  /** The areas of the list: address and length of each, how many, and their bytes in all. */
  readonly #areas = new Float64Array(2 * MOST_AREAS);
  #areaCount = 0;
  #room = 0;
  /** Position of the transfer in the list. */
  #area = 0;
  #areaOffset = 0;

  constructor(
    ctx: DeviceContext,
    options: { owner: QomObject; channel: () => IdeChannel; memory: () => AddressSpace },
  ) {
    this.#channel = options.channel;
    this.#memory = options.memory;
    this.commandRegion = ctx.machine.mmio({
      name: "piix-bmdma",
      size: 4,
      owner: options.owner,
      read: (offset, size) => this.#readCommand(offset, size),
      write: (offset, value, size) => this.#writeCommand(offset, value, size),
    });
    this.addressRegion = ctx.machine.mmio({
      name: "bmdma",
      size: 4,
      owner: options.owner,
      read: (offset) => this.#list >>> (8 * offset),
      write: (offset, value, size) => {
        const shift = 8 * offset;
        const mask = ((2 ** (8 * size) - 1) << shift) >>> 0;
        this.#list = ((this.#list & ~mask) | ((value << shift) & mask & ~3)) >>> 0;
      },
    });
  }

  /** Power-on values. */
  reset(): void {
    this.#command = 0;
    this.#status = 0;
    this.#list = 0;
  }

  /** The channel's drive raised its interrupt. */
  noteInterrupt(): void {
    this.#status |= STATUS_INTERRUPT;
  }

  /** The drive waits, or the engine was started: transfer if both are so. */
  pump(): void {
    if ((this.#status & STATUS_ACTIVE) === 0 || !this.#channel().dmaWaiting) {
      return;
    }
    this.#gather();
    const staysActive = this.#channel().runDma({
      room: this.#room,
      move: (chunk, toMemory) => this.#move(chunk, toMemory),
      end: (active) => {
        if (!active) this.#status &= ~STATUS_ACTIVE;
      },
    });
    if (!staysActive) {
      this.#status &= ~STATUS_ACTIVE;
    }
  }

  #readCommand(offset: number, size: number): number {
    if (size !== 1) {
      return 0xffff_ffff;
    }
    switch (offset) {
      case Register.COMMAND:
        return this.#command;
      case Register.STATUS:
        return this.#status;
      default:
        return 0xff;
    }
  }

  #writeCommand(offset: number, value: number, size: number): void {
    if (size !== 1) {
      return;
    }
    if (offset === Register.COMMAND) {
      const started = (value & ~this.#command & COMMAND_START) !== 0;
      this.#command = value & (COMMAND_START | COMMAND_TO_MEMORY);
      if (started) {
        this.#status |= STATUS_ACTIVE;
        this.pump();
      } else if ((value & COMMAND_START) === 0) {
        this.#status &= ~STATUS_ACTIVE;
      }
    } else if (offset === Register.STATUS) {
      const cleared = value & (STATUS_ERROR | STATUS_INTERRUPT);
      this.#status = (value & STATUS_CAPABLE) | (this.#status & ~STATUS_CAPABLE & ~cleared);
    }
  }

  /** Read the list: up to the entry that says it is the last, or to the end of its page. */
  #gather(): void {
    const memory = this.#memory();
    const entry = new DataView(this.#prd.buffer);
    this.#area = 0;
    this.#areaOffset = 0;
    this.#areaCount = 0;
    this.#room = 0;
    for (let last = false; !last && this.#areaCount < MOST_AREAS; this.#areaCount++) {
      if (memory.read(this.#list + PRD_BYTES * this.#areaCount, this.#prd) !== MemTxResult.OK) {
        this.#prd.fill(0);
      }
      const bytes = entry.getUint16(4, true) & ~1 || 0x10000;
      this.#areas[2 * this.#areaCount] = (entry.getUint32(0, true) & ~1) >>> 0;
      this.#areas[2 * this.#areaCount + 1] = bytes;
      this.#room += bytes;
      last = (entry.getUint16(6, true) & PRD_END) !== 0;
    }
  }

  /** Copy a chunk to or from the areas of the list; stops short when the list ends. */
  #move(chunk: Uint8Array, toMemory: boolean): number {
    const memory = this.#memory();
    let done = 0;
    while (done < chunk.length && this.#area < this.#areaCount) {
      const address = this.#areas[2 * this.#area] ?? 0;
      const bytes = this.#areas[2 * this.#area + 1] ?? 0;
      const count = Math.min(bytes - this.#areaOffset, chunk.length - done);
      const part = chunk.subarray(done, done + count);
      // A bus that does not answer is not noticed: what it is told is lost, what it tells is 0.
      if (toMemory) {
        memory.write(address + this.#areaOffset, part);
      } else if (memory.read(address + this.#areaOffset, part) !== MemTxResult.OK) {
        part.fill(0);
      }
      done += count;
      this.#areaOffset += count;
      if (this.#areaOffset === bytes) {
        this.#area++;
        this.#areaOffset = 0;
      }
    }
    return done;
  }
}
