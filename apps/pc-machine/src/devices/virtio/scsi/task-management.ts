/** The control queue of a SCSI controller (section 5.6.6.2): requests about requests. */
import type { QueueElement } from "../queue/queue-element.js";
import { ADDRESS_BYTES, unitAddress } from "./scsi-address.js";

const Type = { TASK_MANAGEMENT: 0, NEWS_QUERY: 1, NEWS_SUBSCRIBE: 2 } as const;
/** Names of functions on tasks. */
const Task = {
  ABORT_TASK: 0,
  ABORT_TASK_SET: 1,
  CLEAR_ACA: 2,
  CLEAR_TASK_SET: 3,
  NEXUS_RESET: 4,
  UNIT_RESET: 5,
  QUERY_TASK: 6,
  QUERY_TASK_SET: 7,
} as const;
const Answer = {
  COMPLETE: 0,
  BAD_TARGET: 3,
  SUCCEEDED: 10,
  REJECTED: 11,
  INCORRECT_UNIT: 12,
} as const;

const MANAGEMENT_BYTES = 24;
const NEWS_BYTES = 16;

/** The targets of a controller, as functions on tasks see them. */
export interface ManagedTargets {
  /** True if there is something at a target. */
  has(target: number): boolean;
  /** True if a request for a target is under way. */
  isBusy(target: number): boolean;
  /** Give up the request for a target that is under way. */
  abort(target: number): void;
  /** Give up the request for a target that is under way, and reset it. */
  reset(target: number): void;
}

/** Carry a request of the control queue out. @returns bytes that were written, `null` where the driver broke a rule */
export function manage(element: QueueElement, targets: ManagedTargets): number | null {
  const type = new Uint8Array(4);
  if (!element.read(0, type)) return null;
  switch (new DataView(type.buffer).getUint32(0, true)) {
    case Type.TASK_MANAGEMENT: {
      const bytes = new Uint8Array(MANAGEMENT_BYTES);
      if (!element.read(0, bytes)) return null;
      return told(element, Uint8Array.of(onTasks(bytes, targets)));
    }
    case Type.NEWS_QUERY:
    case Type.NEWS_SUBSCRIBE:
      // There is no such news: of none of the classes that were asked for.
      if (!element.read(0, new Uint8Array(NEWS_BYTES))) return null;
      return told(element, new Uint8Array(5));
    default:
      return 0;
  }
}

function told(element: QueueElement, answer: Uint8Array): number | null {
  return element.write(0, answer) ? answer.length : null;
}

function onTasks(bytes: Uint8Array, targets: ManagedTargets): number {
  const address = unitAddress(bytes.subarray(8, 8 + ADDRESS_BYTES));
  const name = new DataView(bytes.buffer).getUint32(4, true);
  if (address === null || !targets.has(address.target)) return Answer.BAD_TARGET;
  switch (name) {
    case Task.NEXUS_RESET:
      targets.reset(address.target);
      return Answer.COMPLETE;
    case Task.UNIT_RESET:
      if (address.unit !== 0) return Answer.INCORRECT_UNIT;
      targets.reset(address.target);
      return Answer.COMPLETE;
    case Task.ABORT_TASK:
    case Task.ABORT_TASK_SET:
    case Task.CLEAR_TASK_SET:
      if (address.unit !== 0) return Answer.INCORRECT_UNIT;
      targets.abort(address.target);
      return Answer.COMPLETE;
    case Task.QUERY_TASK:
    case Task.QUERY_TASK_SET:
      return targets.isBusy(address.target) ? Answer.SUCCEEDED : Answer.COMPLETE;
    default:
      return Answer.REJECTED;
  }
}
