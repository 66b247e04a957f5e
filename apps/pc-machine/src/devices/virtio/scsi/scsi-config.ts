/** The configuration of a SCSI controller, as its driver reads it (section 5.6.4). */

/** Bytes of the configuration. */
export const SCSI_CONFIG_BYTES = 36;

const Field = { SENSE_BYTES: 20, COMMAND_BYTES: 24 } as const;
const MOST_SENSE = 256;
const MOST_COMMAND = 255;
const USUAL_SENSE = 96;
const USUAL_COMMAND = 32;
/** Descriptors of a request that hold no data: its header and its answer. */
const WITHOUT_DATA = 2;
/** Bytes of an event. */
export const EVENT_BYTES = 16;
const LAST_TARGET = 255;
const LAST_UNIT = 16_383;

/** Settings of a controller. */
export interface ScsiSettings {
  readonly queues: number;
  readonly queueSize: number;
  readonly maxSectors: number;
  readonly commandsPerUnit: number;
}

/** The registers. Two of them are the driver's to choose. */
export class ScsiConfig {
  readonly #settings: ScsiSettings;
  #senseBytes = USUAL_SENSE;
  #commandBytes = USUAL_COMMAND;

  constructor(settings: ScsiSettings) {
    this.#settings = settings;
  }

  /** Bytes of room for a sense, in the answer of a request. */
  get senseBytes(): number {
    return this.#senseBytes;
  }

  /** Bytes of a command, in the header of a request. */
  get commandBytes(): number {
    return this.#commandBytes;
  }

  /** The bytes as they are now. */
  read(): Uint8Array {
    const { queues, queueSize, maxSectors, commandsPerUnit } = this.#settings;
    const bytes = new Uint8Array(SCSI_CONFIG_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, queues, true);
    view.setUint32(4, queueSize - WITHOUT_DATA, true);
    view.setUint32(8, maxSectors, true);
    view.setUint32(12, commandsPerUnit, true);
    view.setUint32(16, EVENT_BYTES, true);
    view.setUint32(Field.SENSE_BYTES, this.#senseBytes, true);
    view.setUint32(Field.COMMAND_BYTES, this.#commandBytes, true);
    view.setUint16(30, LAST_TARGET, true);
    view.setUint32(32, LAST_UNIT, true);
    return bytes;
  }

  /** Store what the driver writes. @returns false for a size that no request can have */
  write(offset: number, written: Uint8Array): boolean {
    const bytes = this.read();
    bytes.set(written, offset);
    const view = new DataView(bytes.buffer);
    const sense = view.getUint32(Field.SENSE_BYTES, true);
    const command = view.getUint32(Field.COMMAND_BYTES, true);
    if (sense > MOST_SENSE || command > MOST_COMMAND) return false;
    this.#senseBytes = sense;
    this.#commandBytes = command;
    return true;
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#senseBytes = USUAL_SENSE;
    this.#commandBytes = USUAL_COMMAND;
  }
}
