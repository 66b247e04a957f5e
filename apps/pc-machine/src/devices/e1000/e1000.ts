/** Intel's 82540EM, QEMU's `e1000`: the network card that a PC has. */
import type { DeviceContext } from "../../device/context.js";
import type { Timer } from "../../host/clock.js";
import type { Network, NetworkCard } from "../../net/network.js";
import { PciDevice } from "../../pci/pci-device.js";
import { Eeprom } from "./eeprom.js";
import { MDIO_INTERRUPT, Phy } from "./phy.js";
import { Moderation } from "./moderation.js";
import { buffersLeft, storeFrame, vlanTag, type ReceiveRegisters } from "./receiver.js";
import {
  ADDRESS_VALID,
  Cause,
  Control,
  PACKET_BUFFERS,
  Receive,
  Reg,
  STATUS_LINK,
  STATUS_VALUE,
  TRANSMIT_ENABLE,
  VLAN_TYPE,
} from "./registers.js";
import { Transmitter, type TransmitMemory } from "./transmitter.js";

const WINDOW_BYTES = 0x2_0000;
const PORTS = 0x40;
const DESCRIPTOR_BYTES = 16;
/** Registers lie below; the rest of the window holds nothing. */
const REGISTERS_END = 0x6000;
/** Time until both ends of a cable have agreed, once it is plugged in. */
const NEGOTIATION_NS = 500e6;
/** Descriptors that are carried out at a time, so that the guest's other work gets its turn. */
const MOST_AT_ONCE = 256;
const ADDRESSES = 16;
/** Positions in an address of the twelve bits that choose in the multicast table. */
const HASH_SHIFTS = [4, 3, 2, 0];

/** Options of the card. */
export interface E1000Options {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** The network, `null`: the cable is not plugged in. */
  readonly network: Network | null;
  /** Option ROM, `null` for none. Copied. */
  readonly rom?: Uint8Array | null;
}

/** The card. */
export class E1000 extends PciDevice implements NetworkCard {
  readonly mac: Uint8Array;
  readonly #network: Network | null;
  readonly #registers = new Uint32Array(REGISTERS_END / 4);
  readonly #eeprom: Eeprom;
  readonly #phy = new Phy();
  readonly #transmitter: Transmitter;
  readonly #memory: TransmitMemory;
  readonly #access: ReceiveRegisters;
  /** Goes on with a ring that has more than one turn's work. */
  readonly #more: Timer;
  readonly #moderation: Moderation;
  readonly #negotiation: Timer;
  #interrupts = false;
  #port = 0;
  /** True while the cable is plugged in. */
  #linked = true;

  constructor(context: DeviceContext, { mac, network, rom = null }: E1000Options) {
    super(context, {
      name: "e1000",
      vendorId: 0x8086,
      deviceId: 0x100e,
      revision: 3,
      classCode: 0x02_0000,
      interruptPin: 1,
    });
    this.mac = mac;
    this.#network = network;
    this.#eeprom = new Eeprom(mac);
    const registers = this.#registers;
    this.#access = {
      get: (offset) => registers[offset >> 2] ?? 0,
      set: (offset, value) => {
        registers[offset >> 2] = value;
      },
    };
    this.#memory = {
      read: (address, bytes) => this.dma.read(address, bytes),
      write: (address, bytes) => this.dma.write(address, bytes),
    };
    this.#transmitter = new Transmitter(
      this.#memory,
      (frame) => this.#send(frame),
      () => ((this.#get(Reg.CTRL) & Control.VLANS) === 0 ? 0 : this.#get(Reg.VET) & 0xffff),
    );
    this.#more = context.clock.timer(() => this.#transmit());
    this.#negotiation = context.clock.timer(() => this.#changeLink(true));
    this.#moderation = new Moderation(context.clock, this.#access, () => this.#update());
    const { machine } = context;
    const window = machine.mmio({
      name: "e1000-mmio",
      size: WINDOW_BYTES,
      owner: this.object,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    const ports = machine.mmio({
      name: "e1000-io",
      size: PORTS,
      owner: this.object,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => (offset === 0 ? this.#port : offset === 4 ? this.#read(this.#port) : 0),
      write: (offset, value) => {
        if (offset === 0) this.#port = value;
        else if (offset === 4) this.#write(this.#port, value);
      },
    });
    this.registerBar(0, window, "mem");
    this.registerBar(1, ports, "io");
    if (rom !== null) this.registerRom("e1000.rom", rom);
    network?.connect(this);
  }

  /** The clock that the network times by. */
  get clock(): DeviceContext["clock"] {
    return this.context.clock;
  }

  override reset(): void {
    super.reset();
    this.#resetRegisters();
  }

  setLink(up: boolean): void {
    this.#linked = up;
    if (!up) {
      this.#negotiation.cancel();
      this.#changeLink(false);
    } else if ((this.#get(Reg.STATUS) & STATUS_LINK) === 0) {
      this.#negotiation.arm(this.context.clock.nowNs() + NEGOTIATION_NS);
    }
  }

  /** Off the network; nothing is due any more. */
  dispose(): void {
    this.#more.cancel();
    this.#negotiation.cancel();
    this.#moderation.reset();
    this.#network?.disconnect();
  }

  /** A frame from the network. */
  receive(frame: Uint8Array): boolean {
    if ((this.#get(Reg.RCTL) & Receive.ENABLE) === 0) return false;
    // What comes to a cable that is not plugged in is lost.
    if ((this.#get(Reg.STATUS) & STATUS_LINK) === 0) return true;
    if (!this.#isForUs(frame)) return true;
    if (!storeFrame(frame, this.#access, this.#memory)) {
      this.#interrupt(Cause.OVERRUN);
      return false;
    }
    this.#count(Reg.GOOD_RECEIVED, Reg.TOTAL_RECEIVED, Reg.OCTETS_RECEIVED, frame.length);
    this.#interrupt(Cause.RECEIVED | (this.#fewBuffers() ? Cause.FEW_BUFFERS : 0));
    return true;
  }

  #resetRegisters(): void {
    this.#more.cancel();
    this.#moderation.reset();
    this.#registers.fill(0);
    this.#set(Reg.VET, VLAN_TYPE);
    this.#set(Reg.STATUS, STATUS_VALUE);
    this.#set(Reg.PBA, PACKET_BUFFERS);
    const { mac } = this;
    const byte = (at: number): number => mac[at] ?? 0;
    this.#set(Reg.ADDRESSES, byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24));
    this.#set(Reg.ADDRESSES + 4, byte(4) | (byte(5) << 8) | ADDRESS_VALID);
    this.#phy.reset();
    this.#eeprom.reset();
    this.#transmitter.reset();
    this.#negotiation.cancel();
    if (!this.#linked) this.#changeLink(false);
    this.#update();
  }

  #changeLink(up: boolean): void {
    const status = this.#get(Reg.STATUS);
    const changed = (up ? status | STATUS_LINK : status & ~STATUS_LINK) >>> 0;
    this.#set(Reg.STATUS, changed);
    this.#phy.setLink(up);
    if (changed !== status) this.#interrupt(Cause.LINK);
    if (up) this.#network?.roomForFrames();
  }

  #get(offset: number): number {
    return this.#registers[offset >> 2] ?? 0;
  }

  #set(offset: number, value: number): void {
    this.#registers[offset >> 2] = value;
  }

  #read(offset: number): number {
    switch (offset) {
      case Reg.EECD:
        return this.#eeprom.wires;
      case Reg.ICR: {
        const causes = this.#get(Reg.ICR);
        const asserted = (causes & this.#get(Reg.IMS)) === 0 ? 0 : 0x8000_0000;
        this.#set(Reg.ICR, 0);
        this.#update();
        return (causes | asserted) >>> 0;
      }
      case Reg.ICS:
        return this.#get(Reg.ICR);
      case Reg.IMC:
        return 0;
      default: {
        const value = this.#get(offset);
        // Statistics begin anew when they are read.
        if (offset >= Reg.STATISTICS && offset < Reg.STATISTICS_END) this.#set(offset, 0);
        return value;
      }
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case Reg.CTRL:
        if ((value & Control.RESET) !== 0) this.#resetRegisters();
        if ((value & Control.PHY_RESET) !== 0) this.#phy.reset();
        this.#set(Reg.CTRL, value & ~(Control.RESET | Control.PHY_RESET));
        break;
      case Reg.STATUS:
      case Reg.TDH:
      case Reg.RDH:
        if (offset !== Reg.STATUS) this.#set(offset, value & 0xffff);
        break;
      case Reg.EECD:
        this.#eeprom.wires = value;
        break;
      case Reg.EERD: {
        const word = this.#eeprom.word((value >> 8) & 0xff);
        if ((value & 1) !== 0) this.#set(Reg.EERD, ((word << 16) | (value & 0xff00) | 0x10) >>> 0);
        break;
      }
      case Reg.MDIC:
        this.#set(Reg.MDIC, this.#phy.command(value));
        if ((value & MDIO_INTERRUPT) !== 0) this.#interrupt(Cause.MDIO);
        break;
      case Reg.ICR:
        this.#set(Reg.ICR, this.#get(Reg.ICR) & ~value);
        this.#update();
        break;
      case Reg.ICS:
        this.#interrupt(value & Cause.ALL);
        break;
      case Reg.IMS:
        this.#set(Reg.IMS, this.#get(Reg.IMS) | value);
        this.#update();
        break;
      case Reg.IMC:
        this.#set(Reg.IMS, this.#get(Reg.IMS) & ~value);
        this.#update();
        break;
      case Reg.RCTL:
      case Reg.RDT:
        this.#set(offset, offset === Reg.RDT ? value & 0xffff : value);
        this.#network?.roomForFrames();
        break;
      case Reg.TDT:
      case Reg.TCTL:
        this.#set(offset, offset === Reg.TDT ? value & 0xffff : value);
        this.#transmit();
        break;
      case Reg.RDBAL:
      case Reg.TDBAL:
        this.#set(offset, value & ~15);
        break;
      case Reg.RDLEN:
      case Reg.TDLEN:
        this.#set(offset, value & 0xf_ff80);
        break;
      default:
        if (offset < REGISTERS_END) this.#set(offset, value);
    }
  }

  #transmit(): void {
    if ((this.#get(Reg.TCTL) & TRANSMIT_ENABLE) === 0) return;
    const count = this.#get(Reg.TDLEN) / DESCRIPTOR_BYTES;
    const base = this.#get(Reg.TDBAH) * 2 ** 32 + this.#get(Reg.TDBAL);
    let head = this.#get(Reg.TDH);
    const tail = this.#get(Reg.TDT);
    if (head === tail || head >= count || tail >= count) return;
    let causes = 0;
    for (let done = 0; head !== tail && done < MOST_AT_ONCE; done++) {
      if (this.#transmitter.process(base + head * DESCRIPTOR_BYTES)) causes |= Cause.SENT;
      head = (head + 1) % count;
    }
    this.#set(Reg.TDH, head);
    if (head === tail) causes |= Cause.RING_EMPTY;
    else this.#more.arm(this.context.clock.nowNs());
    this.#interrupt(causes);
  }

  #send(frame: Uint8Array): void {
    this.#count(Reg.GOOD_SENT, Reg.TOTAL_SENT, Reg.OCTETS_SENT, frame.length);
    if (this.#linked) this.#network?.send(frame);
  }

  #count(good: number, total: number, octets: number, length: number): void {
    this.#set(good, this.#get(good) + 1);
    this.#set(total, this.#get(total) + 1);
    const sum = this.#get(octets) + length;
    this.#set(octets, sum);
    if (sum >= 2 ** 32) this.#set(octets + 4, this.#get(octets + 4) + 1);
  }

  #isForUs(frame: Uint8Array): boolean {
    const rctl = this.#get(Reg.RCTL);
    const tag = (rctl & Receive.VLAN_FILTER) === 0 ? -1 : vlanTag(frame, this.#access);
    const vlans = this.#get(Reg.VLANS + 4 * ((tag >> 5) & 0x7f));
    if (tag >= 0 && ((vlans >>> (tag & 31)) & 1) === 0) return false;
    const [first = 0, , , , fifth = 0, sixth = 0] = frame;
    if ((first & 1) === 0) return (rctl & Receive.UNICAST_ALL) !== 0 || this.#isOurs(frame);
    if (frame.subarray(0, 6).every((byte) => byte === 0xff) && (rctl & Receive.BROADCAST) !== 0) {
      return true;
    }
    if ((rctl & Receive.MULTICAST_ALL) !== 0 || this.#isOurs(frame)) return true;
    const hash = (((sixth << 8) | fifth) >> (HASH_SHIFTS[(rctl >> 12) & 3] ?? 4)) & 0xfff;
    return ((this.#get(Reg.MULTICAST + 4 * (hash >> 5)) >>> (hash & 31)) & 1) !== 0;
  }

  /** True if one of the addresses that the guest listens to is the frame's. */
  #isOurs(frame: Uint8Array): boolean {
    const view = new DataView(frame.buffer, frame.byteOffset, 6);
    const low = view.getUint32(0, true);
    const high = view.getUint16(4, true);
    for (let at = Reg.ADDRESSES; at < Reg.ADDRESSES + 8 * ADDRESSES; at += 8) {
      const upper = this.#get(at + 4);
      if ((upper & ADDRESS_VALID) !== 0 && this.#get(at) === low && (upper & 0xffff) === high) {
        return true;
      }
    }
    return false;
  }

  #fewBuffers(): boolean {
    const threshold = 1 << (((this.#get(Reg.RCTL) >> 8) & 3) + 1);
    const count = this.#get(Reg.RDLEN) / DESCRIPTOR_BYTES;
    return buffersLeft(this.#access) <= count / threshold;
  }

  #interrupt(causes: number): void {
    this.#set(Reg.ICR, this.#get(Reg.ICR) | causes);
    this.#update();
  }

  #update(): void {
    const pending = this.#get(Reg.ICR) & this.#get(Reg.IMS);
    if (pending !== 0 && !this.#interrupts) {
      if (!this.#moderation.admits(pending, this.#transmitter.mayWait)) return;
      this.#transmitter.mayWait = false;
    }
    this.#interrupts = pending !== 0;
    this.setInterrupt(this.#interrupts);
  }
}
