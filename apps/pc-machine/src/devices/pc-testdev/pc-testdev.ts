/** A device for tests of processors and buses: ports that keep what was written, interrupts at will. */
import { IsaDevice } from "../../device/isa-device.js";
import { boardOf, type DeviceContext } from "../../device/context.js";
import type { MemoryWindow } from "../../device/windows/io-window.js";

/** The places of its ports. */
export const TestdevPort = {
  DATA: 0xe0,
  FLUSH_PAGE: 0xe4,
  BYTES: 0xe8,
  IRQ_LINES: 0x2000,
} as const;
/** Number of interrupt lines that it drives: as many as an I/O APIC has. */
export const TESTDEV_LINES = 24;
const PORT_BYTES = 4;
const MEMORY = { address: 0xff00_0000, bytes: 0x1_0000 } as const;
const ISA_LINES = 16;

/** QEMU's `pc-testdev`. */
export class PcTestdev extends IsaDevice {
  readonly memoryWindows: readonly MemoryWindow[];
  readonly #data = new Uint8Array(PORT_BYTES);
  readonly #memory = new Uint8Array(MEMORY.bytes);

  constructor(context: DeviceContext) {
    super(context, "pc-testdev");
    const board = boardOf(context, "pc-testdev");
    const { machine } = context;
    const owner = this.object;
    const data = {
      owner,
      size: PORT_BYTES,
      endianness: "little",
      read: (offset: number, size: number) => little(this.#data, offset, size),
      write: (offset: number, value: number, size: number) =>
        setLittle(this.#data, offset, value, size),
    } as const;
    this.mapPorts(TestdevPort.DATA, machine.mmio({ ...data, name: "pc-testdev-ioport" }));
    this.mapPorts(
      TestdevPort.FLUSH_PAGE,
      // A page of guest memory to drop from buffers of translations, which this machine keeps itself.
      machine.mmio({
        name: "pc-testdev-flush-page",
        size: PORT_BYTES,
        owner,
        valid: { minAccessSize: 4, maxAccessSize: 4 },
        read: () => 0,
        write: () => undefined,
      }),
    );
    this.mapPorts(
      TestdevPort.BYTES,
      machine.mmio({
        ...data,
        name: "pc-testdev-ioport-byte",
        valid: { minAccessSize: 1, maxAccessSize: 4 },
        impl: { minAccessSize: 1, maxAccessSize: 1 },
      }),
    );
    this.mapPorts(
      TestdevPort.IRQ_LINES,
      machine.mmio({
        name: "pc-testdev-irq-line",
        size: TESTDEV_LINES,
        owner,
        valid: { minAccessSize: 1, maxAccessSize: 1 },
        read: () => 0,
        write: (line, level) => {
          if (line < ISA_LINES) board.irq(line).set(level !== 0);
        },
      }),
    );
    this.memoryWindows = [
      {
        address: MEMORY.address,
        region: machine.mmio({
          name: "pc-testdev-iomem",
          size: MEMORY.bytes,
          owner,
          endianness: "little",
          read: (offset, size) => little(this.#memory, offset, size),
          write: (offset, value, size) => setLittle(this.#memory, offset, value, size),
        }),
      },
    ];
  }

  /** Keeps over a reset everything that was written. */
  override reset(): void {
    // It is no part of a machine that a reset would mean.
  }
}

function little(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let at = size - 1; at >= 0; at--) value = value * 0x100 + (bytes[offset + at] ?? 0);
  return value;
}

function setLittle(bytes: Uint8Array, offset: number, value: number, size: number): void {
  for (let at = 0; at < size && offset + at < bytes.length; at++) {
    bytes[offset + at] = value >>> (8 * at);
  }
}
