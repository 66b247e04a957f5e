/** One 8237A DMA controller with its page registers. */
import type { DeviceObject } from "@mem/core";

import type { AddressSpace } from "@mem/flat";

import type { DeviceContext } from "../../device/context.js";
import { bytePortsRegion } from "../../device/windows/byte-ports.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import type { DmaChannelLine, DmaPeripheral } from "../../device/dma-channel.js";

const CHANNELS = 4;

/** The channel that each page register (by its offset from the first, modulo 8) belongs to. */
const CHANNEL_OF_PAGE: readonly number[] = [-1, 2, 3, 1, -1, -1, -1, 0];

/** Control registers, by index. */
const Control = {
  STATUS_COMMAND: 0,
  REQUEST: 1,
  MASK_ONE: 2,
  MODE: 3,
  CLEAR_FLIP_FLOP: 4,
  MASTER_CLEAR: 5,
  CLEAR_MASK: 6,
  MASK_ALL: 7,
} as const;

const MASK_SET = 0x04;
const COMPLETE = 0x0f;
const COMMAND_OFF = 0x04;

/** Bits of a channel's mode. */
const Mode = { TO_MEMORY: 0x04, FROM_MEMORY: 0x08, AUTO: 0x10, DOWN: 0x20 } as const;
/** Bytes that go at a time. */
const PIECE = 4096;

/** One channel's registers. */
class Channel {
  baseAddress = 0;
  baseCount = 0;
  address = 0;
  count = 0;
  mode = 0;
  page = 0;
  /** The device that is there. */
  peripheral: DmaPeripheral | null = null;
  /** True while it asks for transfers. */
  requested = false;
}

/** QEMU's `i8257`. */
export class DmaController {
  readonly object: DeviceObject;
  /** `dma-chan`, `dma-cont` and two `dma-page`, with the ports they answer at. */
  readonly windows: readonly IoWindow[];
  readonly #shift: number;
  readonly #channels: readonly Channel[] = Array.from({ length: CHANNELS }, () => new Channel());
  #highByte = false;
  #command = 0;
  #status = 0;
  #mask = 0;
  readonly #memory: AddressSpace | null;
  readonly #piece = new Uint8Array(PIECE);
  #serving = false;

  /** @param options.second the controller of channels 4 to 7, which counts words. */
  constructor(ctx: DeviceContext, options: { second: boolean }) {
    const { second } = options;
    const shift = second ? 1 : 0;
    this.#shift = shift;
    this.#memory = ctx.board?.memory ?? null;
    this.object = createDeviceObject(ctx.machine, "i8257", ctx.path);
    const owner = this.object;
    const base = second ? 0xc0 : 0x00;
    const pages = second ? 0x88 : 0x80;
    const channels = ctx.machine.mmio({
      name: "dma-chan",
      size: 8 << shift,
      owner,
      impl: BYTE_WIDE,
      read: (offset) => this.#readChannel(offset >> shift),
      write: (offset, value) => this.#writeChannel(offset >> shift, value),
    });
    const page = (first: number, size: number): IoWindow => ({
      port: pages + first,
      region: bytePortsRegion(
        ctx.machine,
        "dma-page",
        {
          size,
          read: (offset) => this.#ofPage(first + offset)?.page ?? 0,
          write: (offset, value) => {
            const channel = this.#ofPage(first + offset);
            if (channel !== undefined) {
              channel.page = value;
            }
          },
        },
        owner,
      ),
    });
    const lowPages = page(1, 3);
    const highPage = page(7, 1);
    const control = ctx.machine.mmio({
      name: "dma-cont",
      size: 8 << shift,
      owner,
      impl: BYTE_WIDE,
      read: (offset) => this.#readControl(offset >> shift),
      write: (offset, value) => this.#writeControl(offset >> shift, value),
    });
    this.windows = [
      { port: base, region: channels },
      lowPages,
      highPage,
      { port: base + (8 << shift), region: control },
    ];
    this.reset();
  }

  /** Master clear: every channel masked. Addresses and counts keep their values. */
  reset(): void {
    this.#highByte = false;
    this.#command = 0;
    this.#status = 0;
    this.#mask = 0x0f;
  }

  /** A channel's programmed transfer: physical byte address, length in bytes, mode byte. */
  channel(n: 0 | 1 | 2 | 3): { address: number; bytes: number; mode: number; masked: boolean } {
    const channel = this.#channels[n] ?? new Channel();
    return {
      address: ((channel.page << 16) | (channel.address << this.#shift)) >>> 0,
      bytes: (channel.count + 1) << this.#shift,
      mode: channel.mode,
      masked: (this.#mask & (1 << n)) !== 0,
    };
  }

  /** The wires of channel `n` of this controller. */
  line(n: 0 | 1 | 2 | 3): DmaChannelLine {
    const channel = this.#channels[n] ?? new Channel();
    return {
      connect: (peripheral) => {
        channel.peripheral = peripheral;
      },
      request: (level) => {
        channel.requested = level;
        if (level) this.#serve();
      },
    };
  }

  /** Do the transfers that are asked for and may be done. */
  #serve(): void {
    // A device may ask again while its transfer is under way.
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (const [n, channel] of this.#channels.entries()) {
        while (channel.requested && (this.#mask & (1 << n)) === 0 && !this.#off) {
          if (!this.#move(channel, 1 << n)) break;
        }
      }
    } finally {
      this.#serving = false;
    }
  }

  get #off(): boolean {
    return (this.#command & COMMAND_OFF) !== 0;
  }

  /** Move a piece. @returns whether there was anything to move */
  #move(channel: Channel, bit: number): boolean {
    const { peripheral, mode } = channel;
    const memory = this.#memory;
    if (peripheral === null || memory === null) return false;
    const unit = 1 << this.#shift;
    const left = (channel.count + 1) * unit;
    const down = (mode & Mode.DOWN) !== 0;
    // The address counts within its page: a piece ends where the page does.
    const toEdge = (down ? channel.address + 1 : 0x1_0000 - channel.address) * unit;
    const piece = this.#piece.subarray(0, Math.min(left, toEdge, PIECE));
    const at = (channel.page << 16) + channel.address * unit;
    const first = (bytes: number): number => (down ? at + unit - bytes : at);
    let moved: number;
    if ((mode & Mode.FROM_MEMORY) !== 0) {
      memory.read(first(piece.length), piece);
      if (down) piece.reverse();
      moved = peripheral.take(piece);
    } else {
      moved = peripheral.give(piece);
      const bytes = piece.subarray(0, moved);
      if (down) bytes.reverse();
      if ((mode & Mode.TO_MEMORY) !== 0) memory.write(first(moved), bytes);
    }
    if (moved === 0) return false;
    const units = Math.ceil(moved / unit);
    channel.address = (channel.address + (down ? -units : units)) & 0xffff;
    const over = units > channel.count;
    channel.count = (channel.count - units) & 0xffff;
    if (over) {
      this.#status |= bit;
      if ((mode & Mode.AUTO) !== 0) {
        channel.address = channel.baseAddress;
        channel.count = channel.baseCount;
      } else {
        this.#mask |= bit;
      }
      peripheral.terminalCount();
    }
    return true;
  }

  #ofPage(register: number): Channel | undefined {
    return this.#channels[CHANNEL_OF_PAGE[register & 7] ?? -1];
  }

  #readChannel(register: number): number {
    const channel = this.#channels[register >> 1];
    const value = ((register & 1) !== 0 ? channel?.count : channel?.address) ?? 0;
    return this.#toggle() ? value >> 8 : value & 0xff;
  }

  #writeChannel(register: number, value: number): void {
    const channel = this.#channels[register >> 1];
    const high = this.#toggle();
    if (channel === undefined) {
      return;
    }
    const merge = (old: number): number =>
      high ? (old & 0x00ff) | (value << 8) : (old & 0xff00) | value;
    if ((register & 1) !== 0) {
      channel.baseCount = merge(channel.baseCount);
      channel.count = channel.baseCount;
    } else {
      channel.baseAddress = merge(channel.baseAddress);
      channel.address = channel.baseAddress;
    }
  }

  /** The byte pointer: tells whether this access is for the high byte, and moves on. */
  #toggle(): boolean {
    const high = this.#highByte;
    this.#highByte = !high;
    return high;
  }

  #readControl(register: number): number {
    switch (register) {
      case Control.STATUS_COMMAND: {
        const status = this.#status;
        this.#status &= ~COMPLETE;
        return status;
      }
      case Control.MASK_ALL:
        return this.#mask | 0xf0;
      default:
        return 0;
    }
  }

  #writeControl(register: number, value: number): void {
    const bit = 1 << (value & 3);
    switch (register) {
      case Control.STATUS_COMMAND:
        this.#command = value;
        break;
      case Control.REQUEST:
        if ((value & MASK_SET) !== 0) {
          this.#status |= bit << 4;
        } else {
          this.#status &= ~(bit << 4);
        }
        this.#status &= ~bit;
        break;
      case Control.MASK_ONE:
        if ((value & MASK_SET) !== 0) {
          this.#mask |= bit;
        } else {
          this.#mask &= ~bit;
        }
        break;
      case Control.MODE: {
        const channel = this.#channels[value & 3];
        if (channel !== undefined) {
          channel.mode = value & ~3;
        }
        break;
      }
      case Control.CLEAR_FLIP_FLOP:
        this.#highByte = false;
        break;
      case Control.MASTER_CLEAR:
        this.reset();
        break;
      case Control.CLEAR_MASK:
        this.#mask = 0;
        break;
      case Control.MASK_ALL:
        this.#mask = value & 0x0f;
        break;
    }
    this.#serve();
  }

  /** The command register, for a debugger. */
  get command(): number {
    return this.#command;
  }
}
