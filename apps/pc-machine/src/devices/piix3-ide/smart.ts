/** Self-monitoring of a disk (ATA/ATAPI-6, 8.41): a drive in good health that remembers its self-tests. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";

/** Subcommands of SMART, in the features register. */
export const SmartCommand = {
  READ_DATA: 0xd0,
  READ_THRESHOLDS: 0xd1,
  ATTRIBUTE_AUTOSAVE: 0xd2,
  EXECUTE_OFFLINE: 0xd4,
  READ_LOG: 0xd5,
  ENABLE: 0xd8,
  DISABLE: 0xd9,
  RETURN_STATUS: 0xda,
} as const;

/**
 * Values of the address registers before every subcommand, and after RETURN STATUS of a sound
 * drive.
 */
export const SMART_KEY = { mid: 0x4f, high: 0xc2 } as const;

const LOG_ERRORS = 1;
const LOG_SELF_TESTS = 6;
/** Self-tests a log has room for. */
const MOST_TESTS = 21;
const TEST_BYTES = 24;
/** Hours in service, as every entry of the log has them. */
const TEST_HOURS = 0x1234;

/** One of the values that a drive watches: normalised, from 1 to 253; failing below `threshold`. */
interface Attribute {
  readonly id: number;
  readonly flags: number;
  readonly value: number;
  readonly raw: readonly number[];
  readonly threshold: number;
}

/** Failing means the drive is about to break; the value is kept up to date while it works. */
const PREFAILURE_ONLINE = 0x0003;
const ONLINE = 0x0002;

const ATTRIBUTES: readonly Attribute[] = [
  // Errors of reading, time to spin up, starts and stops.
  { id: 0x01, flags: PREFAILURE_ONLINE, value: 100, raw: [0], threshold: 6 },
  { id: 0x03, flags: PREFAILURE_ONLINE, value: 100, raw: [16], threshold: 0 },
  { id: 0x04, flags: ONLINE, value: 100, raw: [100], threshold: 20 },
  // Sectors replaced, hours with power, times switched on, temperature of the air.
  { id: 0x05, flags: PREFAILURE_ONLINE, value: 100, raw: [0], threshold: 36 },
  { id: 0x09, flags: PREFAILURE_ONLINE, value: 100, raw: [1], threshold: 0 },
  { id: 0x0c, flags: PREFAILURE_ONLINE, value: 100, raw: [0], threshold: 0 },
  { id: 0xbe, flags: PREFAILURE_ONLINE, value: 69, raw: [31, 0, 31, 31], threshold: 50 },
];
const ATTRIBUTE_BYTES = 12;

/** Offsets in the data of READ DATA. */
const Data = {
  OFFLINE_STATUS: 362,
  OFFLINE_SECONDS: 364,
  OFFLINE_CAPABILITY: 367,
  CAPABILITY: 368,
  ERROR_LOG: 370,
  SHORT_TEST_MINUTES: 372,
  LONG_TEST_MINUTES: 373,
  CONVEYANCE_TEST_MINUTES: 374,
} as const;

/** The state behind SMART. A reset of the drive leaves it alone. */
export class Smart {
  #enabled = true;
  #autosave = true;
  /** Tests in the log, and the number of each. */
  #tests: number[] = [];

  /** True if the driver has it switched on. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** ENABLE and DISABLE OPERATIONS. */
  enable(on: boolean): void {
    this.#enabled = on;
  }

  /** ENABLE/DISABLE ATTRIBUTE AUTOSAVE. False where `choice` is neither. */
  setAutosave(choice: number): boolean {
    if (choice !== 0x00 && choice !== 0xf1) return false;
    this.#autosave = choice === 0xf1;
    return true;
  }

  /** EXECUTE OFF-LINE IMMEDIATE: the test is over at once, without error. False where there is none such. */
  runTest(test: number): boolean {
    if (test > 2) return false;
    if (this.#tests.length === MOST_TESTS) this.#tests = [];
    this.#tests.push(test);
    return true;
  }

  /** READ DATA. */
  writeData(into: Uint8Array): void {
    into.fill(0, 0, SECTOR_BYTES);
    into[0] = 1;
    ATTRIBUTES.forEach(({ id, flags, value, raw }, n) => {
      into.set([id, flags & 0xff, flags >> 8, value, value, ...raw], 2 + n * ATTRIBUTE_BYTES);
    });
    into[Data.OFFLINE_STATUS] = this.#autosave ? 0x82 : 0x02;
    into.set([0x20, 0x01], Data.OFFLINE_SECONDS);
    into[Data.OFFLINE_CAPABILITY] = 0x19; // immediate, aborted by a new command, self-tests
    into[Data.CAPABILITY] = 0x03; // saves before sleep and by itself
    into[Data.ERROR_LOG] = 0x01;
    into[Data.SHORT_TEST_MINUTES] = 2;
    into[Data.LONG_TEST_MINUTES] = 54;
    into[Data.CONVEYANCE_TEST_MINUTES] = 1;
    addChecksum(into);
  }

  /** READ ATTRIBUTE THRESHOLDS. */
  writeThresholds(into: Uint8Array): void {
    into.fill(0, 0, SECTOR_BYTES);
    into[0] = 1;
    ATTRIBUTES.forEach(({ id, threshold }, n) => {
      into.set([id, threshold], 2 + n * ATTRIBUTE_BYTES);
    });
    addChecksum(into);
  }

  /** READ LOG. False where there is no log of that number. */
  writeLog(log: number, into: Uint8Array): boolean {
    if (log !== LOG_ERRORS && log !== LOG_SELF_TESTS) return false;
    into.fill(0, 0, SECTOR_BYTES);
    into[0] = 1;
    if (log === LOG_SELF_TESTS) {
      this.#tests.forEach((test, n) => {
        into.set([test, 0, TEST_HOURS & 0xff, TEST_HOURS >> 8], 2 + n * TEST_BYTES);
      });
      into[508] = this.#tests.length;
    }
    addChecksum(into);
    return true;
  }
}

/** The last byte makes the sum of all 0. */
function addChecksum(sector: Uint8Array): void {
  let sum = 0;
  for (let i = 0; i < SECTOR_BYTES - 1; i++) sum += sector[i] ?? 0;
  sector[SECTOR_BYTES - 1] = -sum & 0xff;
}
