/** A drive: QEMU's `BlockBackend`, between a disk device and the node that holds its medium. */
import { BlockError, SECTOR_BYTES } from "../storage/block-backend.js";
import type {
  BlockErrorAction,
  BlockOperation,
  DriveBackend,
  DriveFrontEnd,
  ErrorPolicy,
} from "../storage/drive-backend.js";
import type { BlockNode } from "./block-node.js";
import { BlockStatistics } from "./block-statistics.js";
import { errnoName, errnoText } from "./errors.js";
import { SuspendedTransfer } from "./fault-rules.js";

/** State that `query-block` tells of a drive whose errors may stop the machine. */
export type IoStatus = "ok" | "failed" | "nospace";

/** Services that a drive uses of those around it. */
export interface DriveHost {
  /** Tell programs of an event. */
  emit(event: string, data: Readonly<Record<string, unknown>>): void;
  /** Stop the guest: a transfer waits for somebody to make room. */
  stop(): void;
  /** A transfer was done: a sign of life. */
  note(): void;
  /** Tell the user of something that is wrong, in a line; absent where nobody reads. */
  complain?(line: string): void;
}

/** A drive. Without a node it has no medium. */
export class BlockDrive implements DriveBackend {
  readonly statistics = new BlockStatistics();
  #onReadError: ErrorPolicy;
  #onWriteError: ErrorPolicy;
  ioStatus: IoStatus = "ok";
  readonly #host: DriveHost;
  #id: string | null;
  #node: BlockNode | null = null;
  #frontEnd: DriveFrontEnd | null = null;
  #held: (() => void)[] = [];
  #suspended: SuspendedTransfer | null = null;

  constructor(
    host: DriveHost,
    options: {
      readonly id: string | null;
      readonly node: BlockNode | null;
      readonly rerror?: ErrorPolicy;
      readonly werror?: ErrorPolicy;
    },
  ) {
    this.#host = host;
    this.#id = options.id;
    this.#onReadError = options.rerror ?? "auto";
    this.#onWriteError = options.werror ?? "auto";
    this.#setNode(options.node);
  }

  /** The name of `-drive id=`, or `null`: only its device has one. */
  get id(): string | null {
    return this.#id;
  }

  /** Nobody can name it any more; its device keeps it. */
  forgetName(): void {
    this.#id = null;
  }

  get node(): BlockNode | null {
    return this.#node;
  }

  /** The device that holds it, `null` while none does. */
  get frontEnd(): DriveFrontEnd | null {
    return this.#frontEnd;
  }

  get present(): boolean {
    return this.#node !== null;
  }

  get sectors(): number {
    return this.#node?.image.sectors ?? 0;
  }

  get readonly(): boolean {
    return this.#node?.image.readonly ?? false;
  }

  read(lba: number, into: Uint8Array): void {
    this.#host.note();
    const image = this.#medium();
    this.statistics.run("read", into.length, () => image.read(lba, into));
  }

  write(lba: number, from: Uint8Array): void {
    this.#host.note();
    const image = this.#medium();
    this.statistics.run("write", from.length, () => image.write(lba, from));
    this.statistics.reached(lba * SECTOR_BYTES + from.length);
  }

  flush(): void {
    const image = this.#node?.image;
    if (image === undefined) return;
    this.statistics.run("flush", 0, () => image.flush?.());
  }

  connect(frontEnd: DriveFrontEnd): void {
    this.#frontEnd = frontEnd;
  }

  disconnect(): void {
    this.#frontEnd = null;
    this.#held = [];
  }

  onErrors(read: ErrorPolicy, write: ErrorPolicy): void {
    if (read !== "auto") this.#onReadError = read;
    if (write !== "auto") this.#onWriteError = write;
  }

  failed(error: unknown, operation: BlockOperation): BlockErrorAction {
    this.#suspended = error instanceof SuspendedTransfer ? error : null;
    if (this.#suspended !== null) return "hold";
    const name = errnoName(error);
    const action = this.#actionFor(name, operation);
    this.#host.emit("BLOCK_IO_ERROR", {
      device: this.id ?? "",
      ...(this.#node === null ? {} : { "node-name": this.#node.name }),
      operation: operation === "read" ? "read" : "write",
      action: action === "hold" ? "stop" : action,
      nospace: name === "ENOSPC",
      reason: errnoText(name),
    });
    if (action === "hold") {
      this.ioStatus = name === "ENOSPC" ? "nospace" : "failed";
      this.#host.stop();
    }
    return action;
  }

  hold(retry: () => void): void {
    const suspended = this.#suspended;
    this.#suspended = null;
    if (suspended !== null) suspended.wait(retry);
    else this.#held.push(retry);
  }

  trayMoved(open: boolean): void {
    this.#host.emit("DEVICE_TRAY_MOVED", {
      device: this.id ?? "",
      id: this.#frontEnd?.qdev ?? "",
      "tray-open": open,
    });
  }

  /** Try again what was held: the machine goes on. */
  resume(): void {
    this.ioStatus = "ok";
    for (const retry of this.#held.splice(0)) retry();
  }

  /** Put a medium in, or take it out (`null`). */
  change(node: BlockNode | null): void {
    this.#setNode(node);
    this.#frontEnd?.mediumChanged();
  }

  /** The medium has another size. */
  resized(): void {
    this.#frontEnd?.mediumChanged();
  }

  #medium(): BlockNode["image"] {
    if (this.#node === null) {
      throw new BlockError("no medium", { rule: "no-medium", cause: { code: "ENOMEDIUM" } });
    }
    return this.#node.image;
  }

  #setNode(node: BlockNode | null): void {
    if (this.#node !== null) this.#node.users--;
    this.#node = node;
    if (node !== null) node.users++;
  }

  #actionFor(errno: string, operation: BlockOperation): BlockErrorAction {
    const policy = operation === "read" ? this.#onReadError : this.#onWriteError;
    const settled = policy === "auto" ? (operation === "read" ? "report" : "enospc") : policy;
    switch (settled) {
      case "ignore":
        return "ignore";
      case "stop":
        return "hold";
      case "enospc":
        return errno === "ENOSPC" ? "hold" : "report";
      case "report":
        return "report";
    }
  }
}
