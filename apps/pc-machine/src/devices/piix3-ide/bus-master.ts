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
  /** The next list entry, and what is left of the current area. */
  #nextEntry = 0;
  #areaAddress = 0;
  #areaBytes = 0;
  #lastArea = false;

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
    this.#channel().runDma((chunk, toMemory) => this.#move(chunk, toMemory));
    if (!this.#channel().dmaWaiting && this.#lastArea && this.#areaBytes === 0) {
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
        this.#nextEntry = this.#list;
        this.#areaBytes = 0;
        this.#lastArea = false;
        this.pump();
      } else if ((value & COMMAND_START) === 0) {
        this.#status &= ~STATUS_ACTIVE;
      }
    } else if (offset === Register.STATUS) {
      const cleared = value & (STATUS_ERROR | STATUS_INTERRUPT);
      this.#status = (value & STATUS_CAPABLE) | (this.#status & ~STATUS_CAPABLE & ~cleared);
    }
  }

  /** Copy a chunk to or from the areas of the list; stops short when the list ends. */
  #move(chunk: Uint8Array, toMemory: boolean): number {
    const memory = this.#memory();
    let done = 0;
    while (done < chunk.length) {
      if (this.#areaBytes === 0 && !this.#nextArea(memory)) {
        return done;
      }
      const count = Math.min(this.#areaBytes, chunk.length - done);
      const part = chunk.subarray(done, done + count);
      // A bus that does not answer is not noticed: what it is told is lost, what it tells is 0.
      if (toMemory) {
        memory.write(this.#areaAddress, part);
      } else if (memory.read(this.#areaAddress, part) !== MemTxResult.OK) {
        part.fill(0);
      }
      this.#areaAddress += count;
      this.#areaBytes -= count;
      done += count;
    }
    return done;
  }

  #nextArea(memory: AddressSpace): boolean {
    if (this.#lastArea) {
      this.#status &= ~STATUS_ACTIVE;
      return false;
    }
    if (memory.read(this.#nextEntry, this.#prd) !== MemTxResult.OK) {
      this.#prd.fill(0);
    }
    const entry = new DataView(this.#prd.buffer);
    this.#areaAddress = (entry.getUint32(0, true) & ~1) >>> 0;
    this.#areaBytes = entry.getUint16(4, true) & ~1 || 0x10000;
    this.#lastArea = (entry.getUint16(6, true) & PRD_END) !== 0;
    this.#nextEntry += PRD_BYTES;
    return true;
  }
}
