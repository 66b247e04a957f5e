/**
 * One 8259A programmable interrupt controller, as the PIIX3 contains it (edge or level by ELCR).
 *
 * The request register follows the input pin: in edge mode a rising edge latches a request and a
 * falling edge before the acknowledge withdraws it, as the data sheet has it.
 */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE } from "../../device/windows/io-window.js";

/** No input wants service. */
const NONE = -1;

/** Initialization word that the chip expects at its odd port. */
const Expect = { OCW1: 0, ICW2: 1, ICW3: 2, ICW4: 3 } as const;
type Expect = (typeof Expect)[keyof typeof Expect];

/** QEMU's `isa-i8259`. */
export class Pic {
  readonly object: QomObject;
  /** `pic`, 2 bytes: command and data port. */
  readonly region: MemoryRegion;
  /** `elcr`, 1 byte: edge/level control. */
  readonly elcrRegion: MemoryRegion;

  readonly #master: boolean;
  readonly #elcrMask: number;
  readonly #output: (level: boolean) => void;

  #pins = 0;
  #requests = 0;
  #inService = 0;
  #mask = 0;
  #levelMode = 0;
  /** The input of highest priority. */
  #top = 0;
  #vectorBase = 0;
  #expect: Expect = Expect.OCW1;
  #needsIcw4 = false;
  #single = false;
  #autoEoi = false;
  #rotateOnAutoEoi = false;
  #specialMask = false;
  #fullyNested = false;
  #readInService = false;
  #poll = false;

  /**
   * @param options.elcrMask the inputs whose mode the guest may choose.
   * @param options.output   told the level of the INT pin.
   */
  constructor(
    ctx: DeviceContext,
    options: { master: boolean; elcrMask: number; output: (level: boolean) => void },
  ) {
    this.#master = options.master;
    this.#elcrMask = options.elcrMask;
    this.#output = options.output;
    this.object = createDeviceObject(ctx.machine, "isa-i8259", ctx.path);
    this.region = ctx.machine.mmio({
      name: "pic",
      size: 2,
      owner: this.object,
      impl: BYTE_WIDE,
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.elcrRegion = ctx.machine.mmio({
      name: "elcr",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#levelMode,
      write: (_offset, value) => {
        this.#levelMode = value & this.#elcrMask;
      },
    });
  }

  /** The vector of input 0, a multiple of 8. */
  get vectorBase(): number {
    return this.#vectorBase;
  }

  /** The registers a debugger shows: requests, in service, mask, edge/level. */
  get registers(): {
    irr: number;
    isr: number;
    imr: number;
    elcr: number;
    top: number;
    readsIsr: boolean;
    fullyNested: boolean;
  } {
    return {
      irr: this.#requests,
      isr: this.#inService,
      imr: this.#mask,
      elcr: this.#levelMode,
      top: this.#top,
      readsIsr: this.#readInService,
      fullyNested: this.#fullyNested,
    };
  }

  /** Power-on values: everything clear, edge mode, vectors at 0. */
  reset(): void {
    this.#levelMode = 0;
    this.#initialize();
  }

  /** Drive input `n` (0..7). */
  setPin(n: number, level: boolean): void {
    const bit = 1 << n;
    if (level) {
      if ((this.#pins & bit) === 0 || (this.#levelMode & bit) !== 0) {
        this.#requests |= bit;
      }
      this.#pins |= bit;
    } else {
      this.#requests &= ~bit;
      this.#pins &= ~bit;
    }
    this.#update();
  }

  /** The input that would be served now, or -1. */
  pending(): number {
    const candidate = this.#highest(this.#requests & ~this.#mask);
    if (candidate === NONE) {
      return NONE;
    }
    let serving = this.#inService;
    if (this.#specialMask) {
      serving &= ~this.#mask;
    }
    if (this.#fullyNested && this.#master) {
      serving &= ~(1 << 2);
    }
    const current = this.#highest(serving);
    return current === NONE || this.#rank(candidate) < this.#rank(current) ? candidate : NONE;
  }

  /** The CPU's acknowledge cycle: take the pending input into service; 7 when none is (spurious). */
  acknowledge(): number {
    const n = this.pending();
    if (n === NONE) {
      return 7;
    }
    this.#serve(n);
    return n;
  }

  #serve(n: number): void {
    const bit = 1 << n;
    if (this.#autoEoi) {
      if (this.#rotateOnAutoEoi) {
        this.#top = (n + 1) & 7;
      }
    } else {
      this.#inService |= bit;
    }
    if ((this.#levelMode & bit) === 0) {
      this.#requests &= ~bit;
    }
    // INT drops during the acknowledge, so that a further request makes an edge of its own.
    this.#output(false);
    this.#update();
  }

  #update(): void {
    this.#output(this.pending() !== NONE);
  }

  /** 0 for the input of highest priority, 7 for the lowest. */
  #rank(n: number): number {
    return (n - this.#top) & 7;
  }

  #highest(bits: number): number {
    if (bits === 0) {
      return NONE;
    }
    for (let i = 0; i < 8; i++) {
      const n = (this.#top + i) & 7;
      if ((bits & (1 << n)) !== 0) {
        return n;
      }
    }
    return NONE;
  }

  #read(offset: number): number {
    if (this.#poll) {
      this.#poll = false;
      const n = this.pending();
      if (n === NONE) {
        return 0;
      }
      this.#serve(n);
      return 0x80 | n;
    }
    if (offset !== 0) {
      return this.#mask;
    }
    return this.#readInService ? this.#inService : this.#requests;
  }

  #write(offset: number, value: number): void {
    if (offset !== 0) {
      this.#writeData(value);
    } else if ((value & 0x10) !== 0) {
      this.#initialize();
      this.#expect = Expect.ICW2;
      this.#needsIcw4 = (value & 0x01) !== 0;
      this.#single = (value & 0x02) !== 0;
    } else if ((value & 0x08) !== 0) {
      this.#writeOcw3(value);
    } else {
      this.#writeOcw2(value);
    }
  }

  /**
   * Starts the initialization, as ICW1 does: edge detection, masks and modes start over; the ELCR
   * stays.
   */
  #initialize(): void {
    this.#requests = this.#pins & this.#levelMode;
    this.#inService = 0;
    this.#mask = 0;
    this.#top = 0;
    this.#vectorBase = 0;
    this.#expect = Expect.OCW1;
    this.#needsIcw4 = false;
    this.#single = false;
    this.#autoEoi = false;
    this.#rotateOnAutoEoi = false;
    this.#specialMask = false;
    this.#fullyNested = false;
    this.#readInService = false;
    this.#poll = false;
    this.#update();
  }

  #writeData(value: number): void {
    switch (this.#expect) {
      case Expect.OCW1:
        this.#mask = value;
        this.#update();
        break;
      case Expect.ICW2:
        this.#vectorBase = value & 0xf8;
        this.#expect = this.#single ? this.#afterIcw3() : Expect.ICW3;
        break;
      case Expect.ICW3:
        this.#expect = this.#afterIcw3();
        break;
      case Expect.ICW4:
        this.#fullyNested = (value & 0x10) !== 0;
        this.#autoEoi = (value & 0x02) !== 0;
        this.#expect = Expect.OCW1;
        break;
    }
  }

  #afterIcw3(): Expect {
    return this.#needsIcw4 ? Expect.ICW4 : Expect.OCW1;
  }

  #writeOcw2(value: number): void {
    const rotate = (value & 0x80) !== 0;
    const specific = (value & 0x40) !== 0;
    const eoi = (value & 0x20) !== 0;
    const n = value & 7;
    if (eoi) {
      const eligible = this.#specialMask ? this.#inService & ~this.#mask : this.#inService;
      const served = specific ? n : this.#highest(eligible);
      if (served !== NONE) {
        this.#inService &= ~(1 << served);
        if (rotate) {
          this.#top = (served + 1) & 7;
        }
      }
    } else if (specific) {
      if (rotate) {
        this.#top = (n + 1) & 7;
      }
    } else {
      this.#rotateOnAutoEoi = rotate;
    }
    this.#update();
  }

  #writeOcw3(value: number): void {
    if ((value & 0x04) !== 0) {
      this.#poll = true;
    }
    if ((value & 0x02) !== 0) {
      this.#readInService = (value & 0x01) !== 0;
    }
    if ((value & 0x40) !== 0) {
      this.#specialMask = (value & 0x20) !== 0;
      this.#update();
    }
  }
}
