/** Rules of fault injection: which event of an image fails, and how (QEMU's `blkdebug`). */
import { BlockError } from "../storage/block-backend.js";
import type { BlockOptions } from "./block-options.js";
import { BlockdevError, ERRNO, errnoText } from "./errors.js";

/** Events that this block layer has, and those of QEMU's copy-on-write images that it never has. */
const EVENTS: ReadonlySet<string> = new Set([
  ...["read_aio", "write_aio", "flush_to_os", "flush_to_disk", "pwritev", "pwritev_zero"],
  ...["pwritev_done", "empty_image_prepare", "none", "l1_update", "l1_grow_alloc_table"],
  ...["l1_grow_write_table", "l1_grow_activate_table", "l2_load", "l2_update"],
  ...["l2_update_compressed", "l2_alloc_cow_read", "l2_alloc_write", "read_backing_aio"],
  ...["read_compressed", "vmstate_load", "vmstate_save", "cow_read", "cow_write"],
  ...["reftable_load", "reftable_grow", "reftable_update", "refblock_load", "refblock_update"],
  ...["refblock_update_part", "refblock_alloc", "refblock_alloc_hookup"],
  ...["refblock_alloc_write", "refblock_alloc_write_blocks", "refblock_alloc_write_table"],
  ...["refblock_alloc_switch_table", "cluster_alloc", "cluster_alloc_bytes", "cluster_free"],
]);
const IO_TYPES = ["read", "write", "write-zeroes", "discard", "flush", "block-status"] as const;
const EIO = 5;

/** Kind of a transfer, as rules choose it. */
export type FaultIoType = (typeof IO_TYPES)[number];

interface ErrorRule {
  readonly event: string;
  /** The state in which it holds, `null` for every one. */
  readonly state: number | null;
  readonly ioTypes: ReadonlySet<string>;
  readonly errno: string;
  /** The sector that must be touched, `null` for any. */
  readonly sector: number | null;
  readonly once: boolean;
}

interface StateRule {
  readonly event: string;
  readonly state: number;
  readonly newState: number;
}

/** Transfer that waits for its breakpoint's tag to be resumed. */
export class SuspendedTransfer extends BlockError {
  static override readonly name: string = "SuspendedTransfer";
  readonly #rules: FaultRules;
  readonly #tag: string;

  constructor(rules: FaultRules, tag: string) {
    super(`the transfer waits at breakpoint '${tag}'`, { rule: "breakpoint" });
    this.#rules = rules;
    this.#tag = tag;
  }

  /** Have `retry` called when the tag is resumed. */
  wait(retry: () => void): void {
    this.#rules.park(this.#tag, retry);
  }
}

/** The rules of one image, and the state they are in. */
export class FaultRules {
  #state = 1;
  #errors: readonly ErrorRule[];
  readonly #states: readonly StateRule[];
  /** Tags by event; each stops one transfer. */
  readonly #breakpoints = new Map<string, string>();
  readonly #parked = new Map<string, (() => void)[]>();
  /** Events that a resumed transfer passes once. */
  readonly #passes = new Set<string>();

  /** @throws BlockdevError for a rule that makes no sense */
  constructor(errors: readonly BlockOptions[], states: readonly BlockOptions[]) {
    this.#errors = errors.map(errorRule);
    this.#states = states.map(stateRule);
  }

  /** An event happens. @throws BlockError if it fails @throws SuspendedTransfer if it waits */
  happens(event: string, ioType: FaultIoType, lba: number | null, sectors: number): void {
    this.#stop(event);
    const state = this.#state;
    for (const rule of this.#states) {
      if (rule.event === event && (rule.state === 0 || rule.state === state)) {
        this.#state = rule.newState;
      }
    }
    const active = (rule: ErrorRule): boolean =>
      (rule.event === event || rule.event === "none") &&
      (rule.state === null || rule.state === state) &&
      rule.ioTypes.has(ioType) &&
      (rule.sector === null || (lba !== null && rule.sector >= lba && rule.sector < lba + sectors));
    const found = this.#errors.find(active);
    if (found === undefined) return;
    if (found.once) this.#errors = this.#errors.filter((rule) => rule !== found);
    throw new BlockError(errnoText(found.errno), {
      rule: "injected-error",
      cause: { code: found.errno },
    });
  }

  /** Stop the next transfer with this event, until its tag is resumed. False if there is no such event. */
  breakAt(event: string, tag: string): boolean {
    if (!EVENTS.has(event)) return false;
    this.#breakpoints.set(event, tag);
    return true;
  }

  /** Let the transfers of a tag go on. False if there are none. */
  resume(tag: string): boolean {
    const waiting = this.#parked.get(tag) ?? [];
    this.#parked.delete(tag);
    for (const retry of waiting) retry();
    return waiting.length > 0;
  }

  /** A transfer waits at a tag. */
  park(tag: string, retry: () => void): void {
    this.#parked.set(tag, [...(this.#parked.get(tag) ?? []), retry]);
  }

  #stop(event: string): void {
    if (this.#passes.delete(event)) return;
    const tag = this.#breakpoints.get(event);
    if (tag === undefined) return;
    this.#breakpoints.delete(event);
    this.#passes.add(event);
    throw new SuspendedTransfer(this, tag);
  }
}

function eventOf(options: BlockOptions): string {
  const event = options.needText("event");
  if (!EVENTS.has(event)) throw new BlockdevError(`Invalid event name "${event}"`);
  return event;
}

function errorRule(options: BlockOptions): ErrorRule {
  const event = eventOf(options);
  const state = options.number("state") ?? 0;
  const ioType = options.choice("iotype", IO_TYPES);
  const code = options.number("errno") ?? EIO;
  const errno = ERRNO.get(code);
  if (errno === undefined) throw new BlockdevError(`Invalid errno ${code}`);
  const sector = options.get("sector");
  const rule = {
    event,
    state: state === 0 ? null : state,
    ioTypes: new Set(ioType === undefined ? ["read", "write", "flush"] : [ioType]),
    errno,
    sector: sector === undefined || Number(sector) < 0 ? null : Number(sector),
    once: options.flag("once") ?? false,
  };
  // A callback is always called from elsewhere here.
  options.flag("immediately");
  options.finish();
  return rule;
}

function stateRule(options: BlockOptions): StateRule {
  const rule = {
    event: eventOf(options),
    state: options.number("state") ?? 0,
    newState: options.number("new_state") ?? 0,
  };
  options.finish();
  return rule;
}
