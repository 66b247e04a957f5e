/** A drive as a disk device holds it: a medium that may come and go, and a say in what becomes of errors. */
import { BlockError, type BlockBackend } from "./block-backend.js";

/** Transfer that a device wanted of its medium. */
export type BlockOperation = "read" | "write" | "flush";

/**
 * Fate of a transfer that failed: the guest is told (`report`), it counts as done (`ignore`), or it waits
 * until somebody lets it be tried again (`hold`).
 */
export type BlockErrorAction = "report" | "ignore" | "hold";

/** Actions on errors, as `rerror` and `werror` name them; `auto` leaves what was said before. */
export const ERROR_POLICIES = ["auto", "report", "ignore", "stop", "enospc"] as const;

/** Action on errors. */
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/** The device that holds a drive. */
export interface DriveFrontEnd {
  /** Its name, or its path in the object tree. */
  readonly qdev: string;
  /** True if media can be changed. */
  readonly removable: boolean;
  /** The tray, `null` of a device without one. */
  readonly tray: {
    readonly open: boolean;
    /** The guest forbids to open it. */
    readonly locked: boolean;
    /** Move it, whether it is locked or not. */
    move(open: boolean): void;
    /** Press the button of a tray that is locked: the guest may see it. */
    pressButton(): void;
  } | null;
  /** Another medium is in the drive, or it has another size, or there is none. */
  mediumChanged(): void;
}

/** A drive: QEMU's `BlockBackend`. Without a medium it has no sectors. */
export interface DriveBackend extends BlockBackend {
  /** True if there is a medium. */
  readonly present: boolean;
  /** A device takes the drive. */
  connect(frontEnd: DriveFrontEnd): void;
  /** The device lets go of it. */
  disconnect(): void;
  /** Set what is done about errors of reading and of writing. */
  onErrors(read: ErrorPolicy, write: ErrorPolicy): void;
  /** A transfer failed with `error`: what is to become of it. */
  failed(error: unknown, operation: BlockOperation): BlockErrorAction;
  /** The transfer was held: `retry` is called, once, when it may be tried again. */
  hold(retry: () => void): void;
  /** The guest moved the tray. */
  trayMoved(open: boolean): void;
}

/** `backend` as a drive: itself if it is one, else a drive whose medium stays, and whose errors the guest is told. */
export function driveOf(backend: BlockBackend): DriveBackend {
  return isDrive(backend) ? backend : new FixedDrive(backend);
}

function isDrive(backend: BlockBackend): backend is DriveBackend {
  return "failed" in backend && "connect" in backend;
}

/** A drive that never has a medium. */
export function emptyDrive(): DriveBackend {
  return new FixedDrive(null);
}

class FixedDrive implements DriveBackend {
  readonly #image: BlockBackend | null;

  constructor(image: BlockBackend | null) {
    this.#image = image;
  }

  get present(): boolean {
    return this.#image !== null;
  }

  get sectors(): number {
    return this.#image?.sectors ?? 0;
  }

  get readonly(): boolean {
    return this.#image?.readonly ?? false;
  }

  read(lba: number, into: Uint8Array): void {
    this.#medium().read(lba, into);
  }

  write(lba: number, from: Uint8Array): void {
    this.#medium().write(lba, from);
  }

  flush(): void {
    this.#image?.flush?.();
  }

  close(): void {
    this.#image?.close?.();
  }

  connect(): void {}

  disconnect(): void {}

  failed(): BlockErrorAction {
    return "report";
  }

  hold(): void {}

  trayMoved(): void {}

  onErrors(): void {}

  #medium(): BlockBackend {
    if (this.#image === null) throw new BlockError("no medium", { rule: "no-medium" });
    return this.#image;
  }
}
