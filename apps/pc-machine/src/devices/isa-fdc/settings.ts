/** Settings of the floppy controller, and the commands that set and tell them. */
import { FdcCommand as C } from "./commands.js";

const VERSION = 0x90;
const PART = 0x41;
const FIFO_OFF = 0x20;
const LOCKED = 0x10;

/** Settings of the controller. */
export class FdcSettings {
  /** True if the guest moves bytes by itself, without DMA. */
  noDma = false;
  /** The last sector of a track, of the latest command that said so. */
  endOfTrack = 0;
  /** Step rate and head unload time in one byte, and the head load time. */
  #timers: readonly [number, number] = [0, 0];
  #configuration = FIFO_OFF;
  #precompensation = 0;
  #perpendicular = 0;
  #locked = false;

  /** As after a reset by the guest, which what was locked outlasts; or, with `hard`, at power-on. */
  reset(hard: boolean): void {
    if (hard) this.#locked = false;
    if (!this.#locked) {
      this.#configuration = FIFO_OFF;
      this.#precompensation = 0;
    }
    this.#perpendicular = 0;
    this.noDma = false;
  }

  /**
   * Do a command that is about settings.
   * @param code       the command
   * @param parameters its bytes after the first
   * @param tracks     where the heads are
   * @returns the bytes of its result, `null` for a command about something else
   */
  execute(
    code: number,
    parameters: readonly number[],
    tracks: readonly number[],
  ): readonly number[] | null {
    const [one = 0, two = 0, three = 0] = parameters;
    switch (code) {
      case C.SPECIFY:
        this.#timers = [one, two >> 1];
        this.noDma = (two & 1) !== 0;
        return [];
      case C.CONFIGURE:
        this.#configuration = two;
        this.#precompensation = three;
        return [];
      case C.PERPENDICULAR:
        if ((one & 0x80) !== 0) this.#perpendicular = one & 0x7f;
        return [];
      case C.VERSION:
        return [VERSION];
      case C.PART_ID:
        return [PART];
      case C.LOCK:
      case C.UNLOCK:
        this.#locked = code === C.LOCK;
        return [this.#locked ? LOCKED : 0];
      case C.DUMP_REGISTERS:
        return this.#registers(tracks);
      case C.SAVE:
        return [0, 0, ...this.#registers(tracks), 0, 0, 0];
      case C.POWER_DOWN:
        return [one];
      case C.OPTION:
      case C.RESTORE:
      case C.DRIVE_SPECIFICATION:
        return [];
      default:
        return null;
    }
  }

  #registers(tracks: readonly number[]): readonly number[] {
    const [stepAndUnload, load] = this.#timers;
    return [
      ...tracks,
      stepAndUnload,
      (load << 1) | Number(this.noDma),
      this.endOfTrack,
      (Number(this.#locked) << 7) | (this.#perpendicular << 2),
      this.#configuration,
      this.#precompensation,
    ];
  }
}
