/** The devices that are soldered to the ISA bus. */
import { A20Gate } from "../devices/port92/a20.js";
import { hpet, type Hpet } from "../devices/hpet/index.js";
import { ioApic, type InterruptBus, type IoApic } from "../devices/ioapic/index.js";
import { isaPit, type Pit } from "../devices/i8254/index.js";
import { i8257 } from "../devices/i8257/index.js";
import { isaI8259, type InterruptController } from "../devices/i8259/index.js";
import { i8042, type I8042 } from "../devices/i8042/index.js";
import {
  coprocessorErrorPort,
  postCodePort,
  type CoprocessorErrorPort,
  type PostCodePort,
} from "../devices/ignored-ports/index.js";
import { isaPcspk, type PcSpeaker } from "../devices/isa-pcspk/index.js";
import { type Fdc, floppy, isaFdc } from "../devices/isa-fdc/index.js";
import { Serial } from "../devices/isa-serial/index.js";
import { mc146818rtc, type Rtc } from "../devices/mc146818rtc/index.js";
import { port92 } from "../devices/port92/index.js";
import { vmmouse } from "../devices/vmmouse/index.js";
import { vmport } from "../devices/vmport/index.js";
import type { DeviceDefinition } from "../device/definition.js";
import type { Device } from "../device/device.js";
import type { PropertySchema, PropertyValues } from "../device/properties/property.js";
import type { BlockBackend } from "../storage/block-backend.js";
import { driveOf } from "../storage/drive-backend.js";
import type { BoardDevices } from "./board-devices.js";
import type { InterruptLines } from "./lines/interrupt-lines.js";
import { defaultsOf, type BoardPlan } from "./plan.js";

/** Lines and spaces that ISA devices reach beyond their bus. */
export interface IsaWiring {
  /** The processor's interrupt pin. */
  setIntr(level: boolean): void;
  /** The wires to the interrupt controllers, which are connected here. */
  readonly lines: InterruptLines;
  /** The bus of the local APICs, `null` without them. */
  readonly apics: InterruptBus | null;
  /** True if there is an HPET. */
  readonly hpet: boolean;
  /** True if there is VMware's back door, and its mouse. */
  readonly vmport: boolean;
  /** Bytes of RAM, and the machine's UUID: what the back door tells. */
  readonly ramSize: number;
  readonly uuid: Uint8Array;
  /** The processor's A20 mask. */
  setA20(enabled: boolean): void;
  /** Media in the floppy drives. */
  readonly floppies: readonly (BlockBackend | null)[];
  /** The calendar's time at power-on, `null` for the host's. */
  readonly startTimeMs: number | null;
}

const FLOPPY_DRIVES = 2;

/** All ISA devices of the board. */
export class IsaDevices {
  readonly interrupts: InterruptController;
  readonly ioApic: IoApic;
  /** `null` on a board without one. */
  readonly hpet: Hpet | null;
  readonly rtc: Rtc;
  readonly pit: Pit;
  readonly i8042: I8042;
  readonly speaker: PcSpeaker;
  readonly postCode: PostCodePort;
  /** Port 0xf0 and IRQ 13. */
  readonly coprocessorError: CoprocessorErrorPort;
  readonly serial: readonly Serial[];
  /** The floppy controller. */
  readonly fdc: Fdc;

  /** Makes the devices in QEMU's order, which their numbers in the object tree follow. */
  constructor(devices: BoardDevices, plan: BoardPlan, wiring: IsaWiring) {
    const add = <S extends PropertySchema, D extends Device>(
      definition: DeviceDefinition<S, D>,
      values: Partial<PropertyValues<S>> = {},
    ): D => devices.add(definition, { ...defaultsOf(definition), ...values });
    add(i8257, { second: false });
    add(i8257, { second: true });
    this.interrupts = add(isaI8259, { intr: { set: (level) => wiring.setIntr(level) } });
    this.ioApic = add(ioApic, {
      apics: wiring.apics,
      eightyTwoFiftyNine: () => this.interrupts.acknowledge(),
    });
    const { lines } = wiring;
    const controllers = { pic: this.interrupts, ioApic: this.ioApic };
    lines.connect({ ...controllers, hpet: null });
    this.hpet = wiring.hpet ? add(hpet, { interrupt: (n) => lines.gsi(n) }) : null;
    lines.connect({ ...controllers, hpet: this.hpet });
    this.rtc = add(mc146818rtc, { startTimeMs: wiring.startTimeMs });
    this.pit = add(isaPit);
    this.speaker = add(isaPcspk, { pit: this.pit });
    this.serial = plan.serial.flatMap(({ definition, values }) => {
      const device = devices.add(definition, values);
      return device instanceof Serial ? [device] : [];
    });
    for (const { definition, values } of plan.parallel) devices.add(definition, values);
    this.fdc = add(isaFdc);
    for (const [unit, medium] of wiring.floppies.slice(0, FLOPPY_DRIVES).entries()) {
      const drive = medium === null ? null : driveOf(medium);
      this.fdc.attach(unit, add(floppy, { unit, drive }).drive);
    }
    const gate = devices.keep(new A20Gate((enabled) => wiring.setA20(enabled)));
    this.i8042 = add(i8042, { a20: gate.keyboardController });
    if (wiring.vmport) {
      const { ramSize, uuid } = wiring;
      const port = add(vmport, { "ram-size": ramSize, uuid });
      add(vmmouse, { i8042: this.i8042, vmport: port });
    }
    add(port92, { a20: gate.port92 });
    this.postCode = add(postCodePort);
    this.coprocessorError = add(coprocessorErrorPort);
  }
}
