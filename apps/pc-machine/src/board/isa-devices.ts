/** The devices on the ISA bus, each wired to its interrupt and mapped at its ports. */
import type { MemoryRegion } from "@mem/core";

import { A20Gate } from "../devices/a20.js";
import type { DeviceContext } from "../devices/context.js";
import { DebugConsole } from "../devices/debugcon.js";
import { PLUGGED_DEVICE } from "../devices/device-object.js";
import { DmaController } from "../devices/dma8237.js";
import { I8042 } from "../devices/i8042.js";
import { CoprocessorErrorPort, PostCodePort } from "../devices/ignored-ports.js";
import { InterruptController } from "../devices/interrupt-controller.js";
import { PcSpeaker } from "../devices/pc-speaker.js";
import { Pit } from "../devices/pit.js";
import { Port92 } from "../devices/port92.js";
import { Rtc } from "../devices/rtc.js";
import { Serial } from "../devices/serial.js";
import type { AbsentDevices } from "./absent-devices.js";
import type { PcOptions } from "./options.js";

/** Where each device answers. */
const PORT = {
  PIC_MASTER: 0x20,
  PIT: 0x40,
  I8042_DATA: 0x60,
  SPEAKER: 0x61,
  I8042_COMMAND: 0x64,
  RTC: 0x70,
  POST_CODE: 0x80,
  PORT_92: 0x92,
  PIC_SLAVE: 0xa0,
  COPROCESSOR_ERROR: 0xf0,
  DEBUGCON: 0x402,
  ELCR_MASTER: 0x4d0,
  ELCR_SLAVE: 0x4d1,
} as const;

/** Which interrupt each device raises. */
const IRQ = { PIT: 0, KEYBOARD: 1, RTC: 8, MOUSE: 12, COPROCESSOR: 13 } as const;

/** COM1 to COM4. */
const SERIAL_PORTS = [
  { port: 0x3f8, irq: 4 },
  { port: 0x2f8, irq: 3 },
  { port: 0x3e8, irq: 4 },
  { port: 0x2e8, irq: 3 },
] as const;

/** What the ISA devices reach beyond their bus. */
export interface IsaWiring {
  /** The processor's interrupt pin. */
  setIntr(level: boolean): void;
  /** The processor's A20 mask. */
  setA20(enabled: boolean): void;
  /** The guest asked for a system reset. */
  requestReset(): void;
}

/** All ISA devices of the board. */
export class IsaDevices {
  readonly interrupts: InterruptController;
  readonly rtc: Rtc;
  readonly pit: Pit;
  readonly i8042: I8042;
  readonly speaker: PcSpeaker;
  readonly postCode: PostCodePort;
  readonly serial: readonly Serial[];
  readonly #all: { reset(): void }[] = [];

  /** Makes the devices in QEMU's order, which their numbers in the object tree follow. */
  constructor(
    context: DeviceContext,
    io: MemoryRegion,
    options: PcOptions,
    absent: AbsentDevices,
    wiring: IsaWiring,
  ) {
    const keep = <T extends { reset(): void }>(device: T): T => this.#keep(device);
    const { requestReset } = wiring;
    for (const second of [false, true]) {
      for (const { port, region } of keep(new DmaController(context, { second })).windows) {
        io.addSubregion(port, region);
      }
    }
    const interrupts = keep(
      new InterruptController(context, { intr: { set: (level) => wiring.setIntr(level) } }),
    );
    this.interrupts = interrupts;
    io.addSubregion(PORT.PIC_MASTER, interrupts.master.region);
    io.addSubregion(PORT.ELCR_MASTER, interrupts.master.elcrRegion);
    io.addSubregion(PORT.PIC_SLAVE, interrupts.slave.region);
    io.addSubregion(PORT.ELCR_SLAVE, interrupts.slave.elcrRegion);

    absent.skip("hpet");
    this.rtc = keep(
      new Rtc(context, {
        irq: interrupts.line(IRQ.RTC),
        ...(options.startTimeMs === undefined ? {} : { startTimeMs: options.startTimeMs }),
      }),
    );
    io.addSubregion(PORT.RTC, this.rtc.region);
    this.pit = keep(new Pit(context, { irq: interrupts.line(IRQ.PIT) }));
    io.addSubregion(PORT.PIT, this.pit.region);
    this.speaker = keep(new PcSpeaker(context, { pit: this.pit }));
    io.addSubregion(PORT.SPEAKER, this.speaker.region);
    this.serial = this.#addSerialPorts(context, io, options);
    absent.skip("isa-fdc");

    const gate = keep(new A20Gate((enabled) => wiring.setA20(enabled)));
    this.i8042 = keep(
      new I8042(context, {
        keyboardIrq: interrupts.line(IRQ.KEYBOARD),
        mouseIrq: interrupts.line(IRQ.MOUSE),
        a20: gate.keyboardController,
        requestReset,
      }),
    );
    io.addSubregion(PORT.I8042_DATA, this.i8042.dataRegion);
    io.addSubregion(PORT.I8042_COMMAND, this.i8042.commandRegion);
    absent.skip("vmport");
    absent.skip("vmmouse");
    const port92 = keep(new Port92(context, { a20: gate.port92, requestReset }));
    io.addSubregion(PORT.PORT_92, port92.region);

    this.postCode = keep(new PostCodePort(context));
    io.addSubregion(PORT.POST_CODE, this.postCode.region);
    const coprocessor = keep(
      new CoprocessorErrorPort(context, { irq: interrupts.line(IRQ.COPROCESSOR) }),
    );
    io.addSubregion(PORT.COPROCESSOR_ERROR, coprocessor.region);
  }

  /** Map the debug console, if `options` ask for one. */
  plugDebugConsole(context: DeviceContext, io: MemoryRegion, options: PcOptions): void {
    if (options.debugcon !== undefined) {
      const { backend, port = PORT.DEBUGCON } = options.debugcon;
      const console = new DebugConsole(context, { backend, path: PLUGGED_DEVICE });
      io.addSubregion(port, this.#keep(console).region);
    }
  }

  /** Reset every device. */
  reset(): void {
    for (const device of this.#all) {
      device.reset();
    }
  }

  #keep<T extends { reset(): void }>(device: T): T {
    this.#all.push(device);
    return device;
  }

  #addSerialPorts(context: DeviceContext, io: MemoryRegion, options: PcOptions): readonly Serial[] {
    const ports: Serial[] = [];
    for (const [index, backend] of (options.serial ?? []).entries()) {
      const place = SERIAL_PORTS[index];
      if (place !== undefined) {
        const irq = this.interrupts.line(place.irq);
        const serial = this.#keep(new Serial(context, { irq, backend }));
        io.addSubregion(place.port, serial.region);
        ports.push(serial);
      }
    }
    return ports;
  }
}
