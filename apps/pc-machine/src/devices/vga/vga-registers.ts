/**
 * The VGA's registers behind ports 0x3b0 to 0x3df: sequencer, graphics controller, CRT controller,
 * attribute controller, DAC and the few that stand alone. Offsets here are real port numbers.
 */

/** Port numbers. */
const Port = {
  CRTC_INDEX_MONO: 0x3b4,
  CRTC_DATA_MONO: 0x3b5,
  STATUS1_MONO: 0x3ba,
  ATTRIBUTE: 0x3c0,
  ATTRIBUTE_READ: 0x3c1,
  MISC_WRITE: 0x3c2,
  SEQUENCER_INDEX: 0x3c4,
  SEQUENCER_DATA: 0x3c5,
  PEL_MASK: 0x3c6,
  DAC_READ_INDEX: 0x3c7,
  DAC_WRITE_INDEX: 0x3c8,
  DAC_DATA: 0x3c9,
  FEATURE_READ: 0x3ca,
  MISC_READ: 0x3cc,
  GRAPHICS_INDEX: 0x3ce,
  GRAPHICS_DATA: 0x3cf,
  CRTC_INDEX: 0x3d4,
  CRTC_DATA: 0x3d5,
  STATUS1: 0x3da,
} as const;

/** Sequencer registers. */
export const Seq = { CLOCKING: 1, MAP_MASK: 2, FONT: 3, MEMORY_MODE: 4 } as const;
/** Bit of the sequencer's memory mode: addresses run through the planes. */
export const SEQ_CHAIN4 = 0x08;

/** Graphics controller registers. */
export const Gfx = {
  SET_RESET: 0,
  ENABLE_SET_RESET: 1,
  COLOR_COMPARE: 2,
  ROTATE: 3,
  READ_MAP: 4,
  MODE: 5,
  MISC: 6,
  COLOR_CARE: 7,
  BIT_MASK: 8,
} as const;

/** CRT controller registers. */
export const Crtc = {
  DISPLAY_END_H: 0x01,
  OVERFLOW: 0x07,
  MAX_SCAN_LINE: 0x09,
  CURSOR_START: 0x0a,
  CURSOR_END: 0x0b,
  START_HIGH: 0x0c,
  START_LOW: 0x0d,
  CURSOR_HIGH: 0x0e,
  CURSOR_LOW: 0x0f,
  RETRACE_END_V: 0x11,
  DISPLAY_END_V: 0x12,
  OFFSET: 0x13,
  UNDERLINE: 0x14,
  MODE: 0x17,
  LINE_COMPARE: 0x18,
} as const;

/** Attribute controller registers beyond the sixteen palette entries. */
export const Attr = {
  MODE: 0x10,
  OVERSCAN: 0x11,
  PLANES: 0x12,
  PANNING: 0x13,
  COLOR: 0x14,
} as const;

const MISC_COLOR_PORTS = 0x01;
const ATTRIBUTE_SCREEN_ON = 0x20;
const CRTC_PROTECT = 0x80;
const CRTC_OVERFLOW_LINE_COMPARE = 0x10;
const STATUS_BLANK = 0x01;
const STATUS_RETRACE = 0x08;

const SEQ_WRITABLE = [0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0x00, 0x00, 0xff] as const;
const GFX_WRITABLE = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff] as const;
const ATTR_WRITABLE = [0xef, 0xff, 0x3f, 0x0f, 0x0f] as const;

/** A picture of 449 lines at 31.469 kHz, as the standard modes of 400 lines have it. */
const LINE_NS = 31_778;
const LINES = 449;
const VISIBLE_LINES = 400;
const RETRACE_FIRST_LINE = 412;
const RETRACE_LINES = 2;
const VISIBLE_LINE_NS = 25_422;

/** The register file. */
export class VgaRegisters {
  /** The sequencer as the guest wrote it. */
  readonly seq = new Uint8Array(8);
  /** The sequencer as the Bochs dispi interface needs it, which the guest cannot read. */
  readonly dispiSeq = new Uint8Array(8);
  readonly gfx = new Uint8Array(16);
  readonly crtc = new Uint8Array(256);
  readonly attr = new Uint8Array(32);
  /** 256 colors of red, green, blue; 6 bits each unless `dac8`. */
  readonly palette = new Uint8Array(768);
  /** True if a mode of the Bochs dispi interface is on. */
  dispiOn = false;
  /** True if the DAC takes 8 bits a color (a Bochs dispi setting). */
  dac8 = false;
  pelMask = 0xff;
  misc = 0;
  /** True if the attribute controller shows the picture (the bit beside its index). */
  screenOn = false;

  readonly #nowNs: () => number;
  readonly #written: (addressing: boolean) => void;
  #seqIndex = 0;
  #gfxIndex = 0;
  #crtcIndex = 0;
  #attrIndex = 0;
  #attrIsData = false;
  #feature = 0;
  #dacState = 0;
  #dacReadIndex = 0;
  #dacWriteIndex = 0;
  #dacComponent = 0;
  readonly #dacPending = new Uint8Array(3);

  /**
   * @param nowNs   virtual time, for the retrace bits.
   * @param written told when a sequencer, graphics or CRT register was written, and at a reset;
   *                `addressing` says whether the way memory shows may have changed.
   */
  constructor(nowNs: () => number, written: (addressing: boolean) => void) {
    this.#nowNs = nowNs;
    this.#written = written;
  }

  /** Power-on: all registers clear. */
  reset(): void {
    for (const file of [this.seq, this.dispiSeq, this.gfx, this.crtc, this.attr, this.palette]) {
      file.fill(0);
    }
    this.dispiOn = false;
    this.dac8 = false;
    this.pelMask = 0xff;
    this.misc = 0;
    this.screenOn = false;
    this.#seqIndex = 0;
    this.#gfxIndex = 0;
    this.#crtcIndex = 0;
    this.#attrIndex = 0;
    this.#attrIsData = false;
    this.#feature = 0;
    this.#dacState = 0;
    this.#dacReadIndex = 0;
    this.#dacWriteIndex = 0;
    this.#dacComponent = 0;
    this.#written(true);
  }

  /** The sequencer registers that say how memory is addressed. */
  get addressing(): Uint8Array {
    return this.dispiOn ? this.dispiSeq : this.seq;
  }

  /** Number of the attribute register that is chosen. */
  get attributeIndex(): number {
    return this.#attrIndex;
  }

  /** True if the next write to the attribute controller is a register's value, not its number. */
  get attributeIsData(): boolean {
    return this.#attrIsData;
  }

  /** A byte read of `port`. Ports of the set (mono or color) that is switched off float high. */
  read(port: number): number {
    if (!this.answers(port)) {
      return 0xff;
    }
    switch (port) {
      case Port.ATTRIBUTE:
        return this.#attrIsData ? 0 : this.#attrIndex | (this.screenOn ? ATTRIBUTE_SCREEN_ON : 0);
      case Port.ATTRIBUTE_READ:
        return this.#attrIndex <= Attr.COLOR ? (this.attr[this.#attrIndex] ?? 0) : 0;
      case Port.SEQUENCER_INDEX:
        return this.#seqIndex;
      case Port.SEQUENCER_DATA:
        return this.seq[this.#seqIndex] ?? 0;
      case Port.PEL_MASK:
        return this.pelMask;
      case Port.DAC_READ_INDEX:
        return this.#dacState;
      case Port.DAC_WRITE_INDEX:
        return this.#dacWriteIndex;
      case Port.DAC_DATA:
        return this.#readDac();
      case Port.FEATURE_READ:
        return this.#feature;
      case Port.MISC_READ:
        return this.misc;
      case Port.GRAPHICS_INDEX:
        return this.#gfxIndex;
      case Port.GRAPHICS_DATA:
        return this.gfx[this.#gfxIndex] ?? 0;
      case Port.CRTC_INDEX:
      case Port.CRTC_INDEX_MONO:
        return this.#crtcIndex;
      case Port.CRTC_DATA:
      case Port.CRTC_DATA_MONO:
        return this.crtc[this.#crtcIndex] ?? 0;
      case Port.STATUS1:
      case Port.STATUS1_MONO:
        this.#attrIsData = false;
        return this.#status1();
      default:
        return 0;
    }
  }

  /** A byte write to `port`. */
  write(port: number, value: number): void {
    if (!this.answers(port)) {
      return;
    }
    switch (port) {
      case Port.ATTRIBUTE:
        this.#writeAttribute(value);
        break;
      case Port.MISC_WRITE:
        this.misc = value & ~0x10;
        break;
      case Port.SEQUENCER_INDEX:
        this.#seqIndex = value & 7;
        break;
      case Port.SEQUENCER_DATA:
        this.seq[this.#seqIndex] = value & (SEQ_WRITABLE[this.#seqIndex] ?? 0);
        this.#written(true);
        break;
      case Port.PEL_MASK:
        this.pelMask = value;
        break;
      case Port.DAC_READ_INDEX:
        this.#dacReadIndex = value;
        this.#dacComponent = 0;
        this.#dacState = 3;
        break;
      case Port.DAC_WRITE_INDEX:
        this.#dacWriteIndex = value;
        this.#dacComponent = 0;
        this.#dacState = 0;
        break;
      case Port.DAC_DATA:
        this.#writeDac(value);
        break;
      case Port.GRAPHICS_INDEX:
        this.#gfxIndex = value & 0x0f;
        break;
      case Port.GRAPHICS_DATA:
        this.gfx[this.#gfxIndex] = value & (GFX_WRITABLE[this.#gfxIndex] ?? 0);
        this.#written(true);
        break;
      case Port.CRTC_INDEX:
      case Port.CRTC_INDEX_MONO:
        this.#crtcIndex = value;
        break;
      case Port.CRTC_DATA:
      case Port.CRTC_DATA_MONO:
        this.#writeCrtc(value);
        this.#written(false);
        break;
      case Port.STATUS1:
      case Port.STATUS1_MONO:
        this.#feature = value & 0x10;
        break;
    }
  }

  /** True if `port` is not of the set that is switched off: those at 0x3b0, or those at 0x3d0. */
  answers(port: number): boolean {
    const color = (this.misc & MISC_COLOR_PORTS) !== 0;
    return !(color ? port >= 0x3b0 && port <= 0x3bf : port >= 0x3d0 && port <= 0x3df);
  }

  #writeAttribute(value: number): void {
    if (!this.#attrIsData) {
      this.#attrIndex = value & 0x1f;
      this.screenOn = (value & ATTRIBUTE_SCREEN_ON) !== 0;
    } else if (this.#attrIndex < Attr.MODE) {
      this.attr[this.#attrIndex] = value & 0x3f;
    } else {
      const mask = ATTR_WRITABLE[this.#attrIndex - Attr.MODE];
      if (mask !== undefined) {
        this.attr[this.#attrIndex] = value & mask;
      }
    }
    this.#attrIsData = !this.#attrIsData;
  }

  #writeCrtc(value: number): void {
    const index = this.#crtcIndex;
    const isProtected = ((this.crtc[Crtc.RETRACE_END_V] ?? 0) & CRTC_PROTECT) !== 0;
    if (isProtected && index <= Crtc.OVERFLOW) {
      if (index === Crtc.OVERFLOW) {
        const kept = (this.crtc[index] ?? 0) & ~CRTC_OVERFLOW_LINE_COMPARE;
        this.crtc[index] = kept | (value & CRTC_OVERFLOW_LINE_COMPARE);
      }
      return;
    }
    this.crtc[index] = value;
  }

  #readDac(): number {
    const value = this.palette[3 * this.#dacReadIndex + this.#dacComponent] ?? 0;
    if (++this.#dacComponent === 3) {
      this.#dacComponent = 0;
      this.#dacReadIndex = (this.#dacReadIndex + 1) & 0xff;
    }
    return value;
  }

  #writeDac(value: number): void {
    // The color changes as a whole, with its third component.
    this.#dacPending[this.#dacComponent] = this.dac8 ? value : value & 0x3f;
    if (++this.#dacComponent === 3) {
      this.#dacComponent = 0;
      this.palette.set(this.#dacPending, 3 * this.#dacWriteIndex);
      this.#dacWriteIndex = (this.#dacWriteIndex + 1) & 0xff;
    }
  }

  /** Blanking and vertical retrace, from virtual time. */
  #status1(): number {
    const inFrame = this.#nowNs() % (LINE_NS * LINES);
    const line = Math.floor(inFrame / LINE_NS);
    const blank = line >= VISIBLE_LINES || inFrame % LINE_NS >= VISIBLE_LINE_NS;
    const retrace = line >= RETRACE_FIRST_LINE && line < RETRACE_FIRST_LINE + RETRACE_LINES;
    return (blank ? STATUS_BLANK : 0) | (retrace ? STATUS_RETRACE : 0);
  }
}
