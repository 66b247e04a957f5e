/** All nodes and drives of a machine: what `-blockdev`, `-drive` and `blockdev-add` make. */
import type { DriveBackend, ErrorPolicy } from "../storage/drive-backend.js";
import { SnapshotImage } from "../storage/snapshot-image.js";
import { isIdentifier } from "../text/identifier.js";
import { type BlockFiles, NO_FILES } from "./block-files.js";
import { BlockDrive, type DriveHost } from "./block-drive.js";
import { BlockNode, type BlockCache } from "./block-node.js";
import type { BlockOptions, RawBlockOptions } from "./block-options.js";
import { BlockdevError } from "./errors.js";
import { openNode, type NodeNames } from "./open-node.js";

const MOST_NAME = 31;
const WRITEBACK: BlockCache = { writeback: true, direct: false, noFlush: false };

/** Settings of a drive. */
export interface DriveSettings {
  readonly id: string | null;
  /** Options of its medium, `null` for none. */
  readonly medium: BlockOptions | null;
  readonly readonly?: boolean;
  /** True if writes are kept in memory, and the image stays as it is. */
  readonly snapshot?: boolean;
  readonly cache?: Partial<BlockCache>;
  readonly rerror?: ErrorPolicy;
  readonly werror?: ErrorPolicy;
}

/** The nodes and drives. */
export class BlockGraph implements Disposable {
  readonly #host: DriveHost;
  readonly #files: BlockFiles;
  /** Texts of pipes that were read, by path. */
  readonly #read = new Map<string, string>();
  readonly #nodes = new Set<BlockNode>();
  /** Nodes that a program added: they stay until it takes them out. */
  readonly #added = new Set<BlockNode>();
  readonly #drives: BlockDrive[] = [];
  #invented = 0;

  /** @param files the host's files; none unless given */
  constructor(host: DriveHost, files: BlockFiles = NO_FILES) {
    this.#host = host;
    this.#files = files;
  }

  /** All nodes, the newest first. */
  get nodes(): readonly BlockNode[] {
    return [...this.#nodes].reverse();
  }

  /** All drives, in the order in which they came. */
  get drives(): readonly BlockDrive[] {
    return this.#drives;
  }

  /**
   * Have what a pipe gives for `options` read, before {@link addNode} needs it.
   * @returns settles when it is there; `null` if there is nothing to wait for
   */
  prepare(options: RawBlockOptions): Promise<void> | null {
    const { config } = options;
    if (options["driver"] !== "blkdebug" || typeof config !== "string") return null;
    const text = this.#files.readPipe?.(config) ?? null;
    return text?.then((read) => void this.#read.set(config, read)) ?? null;
  }

  /** Open a node that stays until {@link removeNode}. @throws BlockdevError when it cannot be */
  addNode(options: BlockOptions): BlockNode {
    if (options.text("node-name") === undefined) {
      throw new BlockdevError("'node-name' must be specified for the root node");
    }
    const node = this.openNode(options);
    this.#added.add(node);
    return node;
  }

  /** Open a node; it goes with its last user. @throws BlockdevError when it cannot be; nothing stays open then */
  openNode(
    options: BlockOptions,
    settings: Pick<DriveSettings, "readonly" | "snapshot" | "cache"> = {},
  ): BlockNode {
    const { readonly = false, snapshot = false, cache = {} } = settings;
    const before = new Set(this.#nodes);
    const inherited = { readonly: readonly || snapshot, cache: { ...WRITEBACK, ...cache } };
    try {
      const node = openNode(this.#names, options, inherited);
      return snapshot && !readonly ? this.#overlay(node) : node;
    } catch (error) {
      for (const node of [...this.#nodes].reverse()) {
        if (!before.has(node)) this.#drop(node);
      }
      throw error;
    }
  }

  /** Take out a node that was added. @throws BlockdevError when there is none, or somebody uses it */
  removeNode(name: string): void {
    const node = this.node(name);
    if (node === null) throw new BlockdevError(`Failed to find node with node-name='${name}'`);
    if (!this.#added.has(node)) {
      throw new BlockdevError(`Node ${name} is not owned by the monitor`);
    }
    if (node.users > 0) throw new BlockdevError(`Block device ${name} is in use`);
    this.#added.delete(node);
    this.#drop(node);
  }

  /** The node of a name, `null` when there is none. */
  node(name: string): BlockNode | null {
    return [...this.#nodes].find((node) => node.name === name) ?? null;
  }

  /** Make a drive. @throws BlockdevError when its medium cannot be had, or its name is taken */
  addDrive(settings: DriveSettings): BlockDrive {
    const { id, medium, rerror, werror } = settings;
    if (id !== null && this.drive(id) !== null) {
      throw new BlockdevError(`Duplicate ID '${id}' for drive`);
    }
    if (id !== null && this.node(id) !== null) {
      throw new BlockdevError(`Device with id '${id}' already exists`);
    }
    const drive = new BlockDrive(this.#host, {
      id,
      node: medium === null ? null : this.openNode(medium, settings),
      ...(rerror === undefined ? {} : { rerror }),
      ...(werror === undefined ? {} : { werror }),
    });
    this.#drives.push(drive);
    return drive;
  }

  /** The drive of a name, `null` when there is none. */
  drive(id: string): BlockDrive | null {
    return this.#drives.find((drive) => drive.id === id) ?? null;
  }

  /** The drive of a name, or of the device that holds it. */
  find(name: string): BlockDrive | null {
    return this.drive(name) ?? this.#drives.find(({ frontEnd }) => frontEnd?.qdev === name) ?? null;
  }

  /**
   * The drive that a device names by `drive=`: a drive that no device holds, or a node.
   * @throws BlockdevError when there is none, or it is taken
   */
  driveFor(name: string, property: string): BlockDrive {
    const drive = this.drive(name);
    if (drive !== null) {
      if (drive.frontEnd === null) return drive;
      throw new BlockdevError(`Drive '${name}' is already in use by another block device`);
    }
    const node = this.node(name);
    if (node === null) throw new BlockdevError(`Property '${property}' can't find value '${name}'`);
    if (node.users > 0) {
      throw new BlockdevError(`Node '${name}' is already in use by another block device`);
    }
    const anonymous = new BlockDrive(this.#host, { id: null, node });
    this.#drives.push(anonymous);
    return anonymous;
  }

  /** An anonymous drive without a medium, for a device that was given none. */
  emptyDrive(): BlockDrive {
    const drive = new BlockDrive(this.#host, { id: null, node: null });
    this.#drives.push(drive);
    return drive;
  }

  /** Put a node into a drive, or take out what is there (`null`). */
  change(drive: BlockDrive, node: BlockNode | null): void {
    const before = drive.node;
    drive.change(node);
    if (before !== null && before !== node) this.#release(before);
  }

  /** Take a drive out: a device that holds it is left without a medium, and the drive has no name any more. */
  removeDrive(drive: BlockDrive): void {
    this.change(drive, null);
    const at = this.#drives.indexOf(drive);
    if (at < 0) return;
    if (drive.frontEnd === null) {
      this.#drives.splice(at, 1);
      return;
    }
    // The device keeps a drive, but none that could be named.
    drive.forgetName();
  }

  /** A node that was opened is not wanted after all. */
  discard(node: BlockNode): void {
    this.#release(node);
  }

  /** A device is gone: so is its drive. */
  deviceGone(backend: DriveBackend): void {
    const drive = this.#drives.find((one) => one === backend);
    if (drive === undefined) return;
    drive.disconnect();
    this.removeDrive(drive);
  }

  /** The machine goes on: transfers that were held are tried again. */
  resume(): void {
    for (const drive of this.#drives) drive.resume();
  }

  /** Close every image. */
  [Symbol.dispose](): void {
    for (const node of this.nodes) node.image.close?.();
    this.#nodes.clear();
  }

  get #names(): NodeNames {
    return {
      files: {
        ...this.#files,
        readText: (path) => {
          const read = this.#read.get(path);
          this.#read.delete(path);
          return read ?? this.#files.readText(path);
        },
      },
      find: (name) => {
        const node = this.node(name);
        if (node === null) {
          throw new BlockdevError(`Cannot find device='${name}' nor node-name='${name}'`);
        }
        return node;
      },
      invent: () => `#block${String(this.#invented++).padStart(3, "0")}`,
      check: (name) => {
        if (!isIdentifier(name)) throw new BlockdevError(`Invalid node-name: '${name}'`);
        if (name.length > MOST_NAME) throw new BlockdevError("Node name too long");
        if (this.node(name) !== null) {
          throw new BlockdevError(`Duplicate nodes with node-name='${name}'`);
        }
        if (this.drive(name) !== null) {
          throw new BlockdevError(`node-name=${name} is conflicting with a device id`);
        }
      },
      add: (node) => this.#nodes.add(node),
      damaged: (file, message, place) => {
        const node = this.nodes.find(({ children: [child] }) => child?.image === file);
        const drive = this.#drives.find((one) => one.node === node && node !== undefined);
        this.#host.complain?.(
          `qcow2: Marking image as corrupt: ${message}; further corruption events will be suppressed`,
        );
        this.#host.emit("BLOCK_IMAGE_CORRUPTED", {
          device: drive?.id ?? "",
          ...(node === undefined ? {} : { "node-name": node.name }),
          msg: message,
          ...(place === null ? {} : { offset: place.offset, size: place.bytes }),
          fatal: true,
        });
      },
    };
  }

  /** A node that keeps what is written in memory, and reads the rest from `beneath`. */
  #overlay(beneath: BlockNode): BlockNode {
    beneath.users++;
    const { invent } = this.#names;
    const node = new BlockNode({
      name: invent(),
      named: false,
      driver: beneath.driver,
      filename: beneath.filename,
      image: new SnapshotImage(beneath.image),
      children: [beneath],
      backing: beneath,
      cache: beneath.cache,
      detectZeroes: beneath.detectZeroes,
    });
    this.#nodes.add(node);
    return node;
  }

  /** A user of a node is gone: the node goes, too, unless somebody else has it. */
  #release(node: BlockNode): void {
    if (node.users === 0 && !this.#added.has(node)) this.#drop(node);
  }

  #drop(node: BlockNode): void {
    if (!this.#nodes.delete(node)) return;
    node.image.close?.();
    for (const child of node.children) {
      child.users--;
      this.#release(child);
    }
  }
}
