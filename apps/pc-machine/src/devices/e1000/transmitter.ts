/** The ring of frames that leave: descriptors, checksums, and segments of what is too long. */
import { MemTxResult } from "@mem/core";

import { wordSum } from "./checksum.js";

/** DMA as the transmitter uses it. */
export interface TransmitMemory {
  read(address: number, bytes: Uint8Array): MemTxResult;
  write(address: number, bytes: Uint8Array): MemTxResult;
}

const DESCRIPTOR_BYTES = 16;
/** A frame is never longer, whatever the descriptors say: 64 KiB of data and headers. */
const LONGEST = 0x1_0400;

/** Bits of a descriptor's command. */
const Command = {
  END: 0x01,
  CHECKSUM: 0x04,
  SEGMENT: 0x04,
  REPORT: 0x08,
  EXTENDED: 0x20,
  TAG: 0x40,
  DELAY: 0x80,
} as const;
const Context = { TCP: 0x01, IPV4: 0x02, SEGMENT: 0x04 } as const;
const Option = { IP_CHECKSUM: 0x01, CHECKSUM: 0x02 } as const;
/** Place of a tag in a frame: behind the addresses. */
const TAG_OFFSET = 12;
const DATA_TYPE = 1;
const DONE = 0x01;

/** Facts about the frames that follow, from a context descriptor. */
interface Offload {
  ipStart: number;
  ipOffset: number;
  ipEnd: number;
  start: number;
  offset: number;
  end: number;
  isTcp: boolean;
  isIpv4: boolean;
  headerLength: number;
  segment: number;
}

/** Frames under way. */
export class Transmitter {
  readonly #memory: TransmitMemory;
  readonly #send: (frame: Uint8Array) => void;
  readonly #vlanType: () => number;
  readonly #descriptor = new Uint8Array(DESCRIPTOR_BYTES);
  readonly #view = new DataView(this.#descriptor.buffer);
  readonly #offload: Offload = {
    ipStart: 0,
    ipOffset: 0,
    ipEnd: 0,
    start: 0,
    offset: 0,
    end: 0,
    isTcp: false,
    isIpv4: false,
    headerLength: 0,
    segment: 0,
  };
  readonly #frame = new Uint8Array(LONGEST);
  #length = 0;
  #options = 0;
  #segments = false;
  /** A tag for the frame, with the type of frames that have one; 0: none. */
  #tag = 0;
  /** True if what was sent since this was cleared need not be told of at once. */
  mayWait = false;

  /**
   * @param send     told of each frame; its bytes are the receiver's to keep
   * @param vlanType the type of frames with a tag of a VLAN, 0 where none is put in
   */
  constructor(memory: TransmitMemory, send: (frame: Uint8Array) => void, vlanType: () => number) {
    this.#memory = memory;
    this.#send = send;
    this.#vlanType = vlanType;
  }

  /** Forget what was begun. */
  reset(): void {
    this.#length = 0;
    this.#options = 0;
    this.#segments = false;
    Object.assign(this.#offload, { headerLength: 0, segment: 0, isTcp: false, isIpv4: false });
  }

  /**
   * Carry out the descriptor at `address`.
   * @returns whether the guest wants to be told that it is done
   */
  process(address: number): boolean {
    if (this.#memory.read(address, this.#descriptor) !== MemTxResult.OK) return false;
    const view = this.#view;
    const word = view.getUint32(8, true);
    const command = word >>> 24;
    const isExtended = (command & Command.EXTENDED) !== 0;
    if (isExtended && ((word >>> 20) & 15) !== DATA_TYPE) {
      this.#takeContext(word);
    } else {
      if (this.#length === 0) {
        this.#segments = isExtended && (command & Command.SEGMENT) !== 0;
        this.#options = isExtended ? view.getUint8(13) & 3 : 0;
      }
      this.#append(word & (isExtended ? 0xf_ffff : 0xffff));
      if ((command & Command.END) !== 0) {
        const type = (command & Command.TAG) === 0 ? 0 : this.#vlanType();
        this.#tag = type === 0 ? 0 : type * 0x1_0000 + view.getUint16(14, true);
        this.#finish(isExtended ? 0 : command);
      }
    }
    if ((command & Command.DELAY) !== 0) this.mayWait = true;
    if ((command & Command.REPORT) === 0) return false;
    this.#descriptor[12] = (this.#descriptor[12] ?? 0) | DONE;
    this.#memory.write(address + 12, this.#descriptor.subarray(12, 13));
    return true;
  }

  #takeContext(word: number): void {
    const view = this.#view;
    const command = word >>> 24;
    Object.assign(this.#offload, {
      ipStart: view.getUint8(0),
      ipOffset: view.getUint8(1),
      ipEnd: view.getUint16(2, true),
      start: view.getUint8(4),
      offset: view.getUint8(5),
      end: view.getUint16(6, true),
      isTcp: (command & Context.TCP) !== 0,
      isIpv4: (command & Context.IPV4) !== 0,
      headerLength: view.getUint8(13),
      segment: view.getUint16(14, true),
    });
  }

  #append(length: number): void {
    const room = Math.min(length, LONGEST - this.#length);
    const low = this.#view.getUint32(0, true);
    const address = this.#view.getUint32(4, true) * 2 ** 32 + low;
    const target = this.#frame.subarray(this.#length, this.#length + room);
    if (room > 0 && this.#memory.read(address, target) !== MemTxResult.OK) target.fill(0);
    this.#length += room;
  }

  #finish(command: number): void {
    const length = this.#length;
    const frame = this.#frame;
    this.#length = 0;
    if (length === 0) return;
    const { headerLength, segment } = this.#offload;
    if (this.#segments && segment > 0 && headerLength > 0 && length > headerLength) {
      this.#sendSegments(length);
      return;
    }
    const bytes = frame.slice(0, length);
    if ((command & Command.CHECKSUM) !== 0) {
      sumInto(bytes, this.#view.getUint8(13), this.#view.getUint8(10), 0);
    }
    this.#sumUp(bytes);
    this.#leave(bytes);
  }

  /** The frame goes, with its tag. */
  #leave(bytes: Uint8Array): void {
    if (this.#tag === 0) {
      this.#send(bytes);
      return;
    }
    const tagged = new Uint8Array(bytes.length + 4);
    tagged.set(bytes.subarray(0, TAG_OFFSET));
    new DataView(tagged.buffer).setUint32(TAG_OFFSET, this.#tag);
    tagged.set(bytes.subarray(TAG_OFFSET), TAG_OFFSET + 4);
    this.#send(tagged);
  }

  #sumUp(bytes: Uint8Array): void {
    const { ipStart, ipOffset, ipEnd, start, offset, end } = this.#offload;
    if ((this.#options & Option.CHECKSUM) !== 0) sumInto(bytes, start, offset, end);
    if ((this.#options & Option.IP_CHECKSUM) !== 0) sumInto(bytes, ipStart, ipOffset, ipEnd);
  }

  /** The headers before each part of the data, with lengths and numbers of its own. */
  #sendSegments(length: number): void {
    const { headerLength, segment, ipStart, start, offset, isTcp, isIpv4 } = this.#offload;
    let number = 0;
    for (let from = headerLength; from < length; from += segment, number++) {
      const size = Math.min(segment, length - from);
      const bytes = new Uint8Array(headerLength + size);
      bytes.set(this.#frame.subarray(0, headerLength));
      bytes.set(this.#frame.subarray(from, from + size), headerLength);
      const view = new DataView(bytes.buffer);
      const total = bytes.length;
      if (!fits(bytes, ipStart, 6) || !fits(bytes, start, 8)) return;
      if (isIpv4) {
        view.setUint16(ipStart + 2, total - ipStart);
        view.setUint16(ipStart + 4, (view.getUint16(ipStart + 4) + number) & 0xffff);
      } else {
        view.setUint16(ipStart + 4, total - ipStart - 40);
      }
      if (isTcp && fits(bytes, start, 20)) {
        view.setUint32(start + 4, (view.getUint32(start + 4) + from - headerLength) >>> 0);
        // FIN and PSH belong to the last one.
        if (from + size < length) bytes[start + 13] = (bytes[start + 13] ?? 0) & ~0x09;
      } else if (!isTcp) {
        view.setUint16(start + 4, total - start);
      }
      // The sum that the guest left there lacks the length, which differs from part to part.
      if (fits(bytes, offset, 2)) {
        const sum = view.getUint16(offset) + (total - start);
        view.setUint16(offset, (sum & 0xffff) + (sum >> 16));
      }
      this.#sumUp(bytes);
      this.#leave(bytes);
    }
  }
}

function fits(bytes: Uint8Array, at: number, size: number): boolean {
  return at + size <= bytes.length;
}

/** Puts the checksum of bytes `start` to `end` (0: the last) into the two at `offset`. */
function sumInto(bytes: Uint8Array, start: number, offset: number, end: number): void {
  if (!fits(bytes, offset, 2)) return;
  const stop = end === 0 ? bytes.length : Math.min(bytes.length, end + 1);
  const sum = ~wordSum(bytes, start, stop) & 0xffff;
  bytes[offset] = sum >> 8;
  bytes[offset + 1] = sum & 0xff;
}
