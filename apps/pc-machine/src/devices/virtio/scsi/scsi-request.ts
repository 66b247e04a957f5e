/** One request of a SCSI controller's driver (section 5.6.6.1): a command for a unit, and its answer. */
import { ScsiCommand, ScsiStatus } from "../../../scsi/scsi-command.js";
import { Sense, senseBytes, type ScsiUnit } from "../../../scsi/scsi-unit.js";
import type { QueueElement } from "../queue/queue-element.js";
import type { Progress, PumpedRequest } from "../request-pump.js";
import { ADDRESS_BYTES, unitAddress } from "./scsi-address.js";

/** Outcomes of a request, apart from the status of its command. */
export const Response = {
  OK: 0,
  OVERRUN: 1,
  ABORTED: 2,
  BAD_TARGET: 3,
  RESET: 4,
} as const;

const HEADER_BYTES = 19;
const ANSWER_BYTES = 12;
const NO_BYTES = new Uint8Array(0);
const Operation = { INQUIRY: 0x12, REQUEST_SENSE: 0x03, REPORT_LUNS: 0xa0 } as const;
/** Kind of device that INQUIRY tells of for a unit that there is not. */
const NO_UNIT = 0x7f;

/** The controller, as a request sees it. */
export interface ScsiRequestHost {
  /** Bytes of a command. */
  readonly commandBytes: number;
  /** Bytes of room for a sense. */
  readonly senseBytes: number;
  /** Unit 0 of a target, `null` where nothing is. */
  unitOf(target: number): ScsiUnit | null;
}

/** A request. */
export class ScsiRequest implements PumpedRequest {
  readonly element: QueueElement;
  readonly #host: ScsiRequestHost;
  /** Data begin behind the header, and behind the answer. */
  readonly #givenAt: number;
  readonly #roomAt: number;
  #unit: ScsiUnit | null = null;
  #command: ScsiCommand | null = null;
  #written = 0;

  constructor(host: ScsiRequestHost, element: QueueElement) {
    this.#host = host;
    this.element = element;
    this.#givenAt = HEADER_BYTES + host.commandBytes;
    this.#roomAt = ANSWER_BYTES + host.senseBytes;
  }

  get written(): number {
    return this.#written;
  }

  /** The unit that it is for, `null` before it has begun and where there is none. */
  get unit(): ScsiUnit | null {
    return this.#unit;
  }

  hold(retry: () => void): void {
    this.#unit?.drive.hold(retry);
  }

  run(): Progress {
    if (this.#command === null) {
      const ended = this.#begin();
      if (ended !== null) return ended;
    }
    const command = this.#command;
    if (command === null) return "fault";
    const progress = command.run();
    if (progress !== "done") return progress;
    const isChecked = command.status === ScsiStatus.CHECK_CONDITION;
    const sense = isChecked && this.#unit !== null ? this.#unit.takeSense() : NO_BYTES;
    const response = command.overruns ? Response.OVERRUN : Response.OK;
    return this.#answer(response, command.status, sense, command.moved);
  }

  /** End it before its time. @param response one of {@link Response} */
  abort(response: number): void {
    this.#answer(response, ScsiStatus.GOOD, NO_BYTES, 0);
  }

  /** @returns what became of it, `null` while its command goes on */
  #begin(): Progress | null {
    const { element } = this;
    const header = new Uint8Array(this.#givenAt);
    if (element.writableBytes < this.#roomAt || !element.read(0, header)) return "fault";
    const address = unitAddress(header.subarray(0, ADDRESS_BYTES));
    const unit = address === null ? null : this.#host.unitOf(address.target);
    if (address === null || unit === null) {
      return this.#answer(Response.BAD_TARGET, ScsiStatus.GOOD, NO_BYTES, 0);
    }
    const bytes = header.subarray(HEADER_BYTES);
    if (address.unit !== 0 && bytes[0] !== Operation.REPORT_LUNS) return this.#noUnit(bytes);
    this.#unit = unit;
    const buffers = {
      room: element.writableBytes - this.#roomAt,
      given: Math.max(0, element.readableBytes - this.#givenAt),
      put: (offset: number, data: Uint8Array) => element.write(this.#roomAt + offset, data),
      take: (offset: number, into: Uint8Array) => element.read(this.#givenAt + offset, into),
    };
    this.#command = new ScsiCommand(unit, buffers, bytes);
    return null;
  }

  /** There are units at the target, and not this one. */
  #noUnit(command: Uint8Array): Progress {
    const [operation, , , high = 0, low = 0] = command;
    const sense = senseBytes(Sense.NO_SUCH_UNIT);
    if (operation !== Operation.INQUIRY && operation !== Operation.REQUEST_SENSE) {
      return this.#answer(Response.OK, ScsiStatus.CHECK_CONDITION, sense, 0);
    }
    const isInquiry = operation === Operation.INQUIRY;
    const whole = isInquiry ? Uint8Array.of(NO_UNIT, 0, 5, 2, 31, ...NO_TEXT) : sense;
    const room = this.element.writableBytes - this.#roomAt;
    const data = whole.subarray(0, Math.min(room, isInquiry ? (high << 8) | low : low));
    if (!this.element.write(this.#roomAt, data)) return "fault";
    return this.#answer(Response.OK, ScsiStatus.GOOD, NO_BYTES, data.length);
  }

  /** Tell how it ended. */
  #answer(response: number, status: number, sense: Uint8Array, moved: number): Progress {
    const { element } = this;
    const told = sense.subarray(0, this.#host.senseBytes);
    const bytes = new Uint8Array(Math.min(this.#roomAt, element.writableBytes));
    if (bytes.length < ANSWER_BYTES) return "fault";
    const room = Math.max(0, element.writableBytes - this.#roomAt);
    const given = Math.max(0, element.readableBytes - this.#givenAt);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, told.length, true);
    view.setUint32(4, Math.max(0, Math.max(room, given) - moved), true);
    view.setUint8(10, status);
    view.setUint8(11, response);
    bytes.set(told.subarray(0, bytes.length - ANSWER_BYTES), ANSWER_BYTES);
    if (!element.write(0, bytes)) return "fault";
    this.#written = bytes.length + Math.min(room, moved);
    return "done";
  }
}

/** The rest of an INQUIRY that tells of nothing. */
const NO_TEXT = new Uint8Array(31).fill(0x20, 3);
