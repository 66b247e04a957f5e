/** Jobs that programs start and look after: each is over at once, and stays until it is dismissed. */
import { isIdentifier } from "../../text/identifier.js";
import { QmpError } from "../qmp-error.js";

/** States that a job goes through, as QEMU names them. */
type JobStatus = "created" | "running" | "aborting" | "concluded" | "null";

/** A job as `query-jobs` tells of it. */
export interface Job {
  readonly id: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly "current-progress": number;
  readonly "total-progress": number;
  /** Reason why it failed. */
  readonly error: string;
}

/** All of them. */
export class Jobs {
  readonly #byId = new Map<string, Job>();
  readonly #emit: (event: string, data: Readonly<Record<string, unknown>>) => void;

  /** @param emit told of each change of a job's state */
  constructor(emit: (event: string, data: Readonly<Record<string, unknown>>) => void) {
    this.#emit = emit;
  }

  /** All of them, the newest first. */
  get all(): readonly Job[] {
    return [...this.#byId.values()].reverse();
  }

  /** Start a job that fails. @throws QmpError when its name is none, or taken */
  fail(id: string, type: string, error: string): void {
    if (!isIdentifier(id)) throw new QmpError(`Invalid job ID '${id}'`);
    if (this.#byId.has(id)) throw new QmpError(`Job ID '${id}' already in use`);
    this.#byId.set(id, {
      ...{ id, type, status: "concluded", error },
      ...{ "current-progress": 1, "total-progress": 1 },
    });
    for (const status of ["created", "running"] as const) this.#tell(id, status);
    // The command is answered before its job ends.
    queueMicrotask(() => {
      for (const status of ["aborting", "concluded"] as const) this.#tell(id, status);
    });
  }

  /** Forget one that is over. @throws QmpError when there is none */
  dismiss(id: string): void {
    this.#need(id);
    this.#byId.delete(id);
    this.#tell(id, "null");
  }

  /** Refuse what cannot be done to a job that is over, and each is. @throws QmpError always */
  refuse(id: string, verb: string): never {
    const { status } = this.#need(id);
    throw new QmpError(`Job '${id}' in state '${status}' cannot accept command verb '${verb}'`);
  }

  #need(id: string): Job {
    const job = this.#byId.get(id);
    if (job === undefined) throw new QmpError("Job not found");
    return job;
  }

  #tell(id: string, status: JobStatus): void {
    this.#emit("JOB_STATUS_CHANGE", { status, id });
  }
}
