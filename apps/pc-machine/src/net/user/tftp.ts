/** The server of TFTP (RFC 1350, with options of RFC 2347 to 2349), which only gives files. */
export const TFTP_PORT = 69;

const Opcode = { READ: 1, WRITE: 2, DATA: 3, ACKNOWLEDGE: 4, ERROR: 5, OPTIONS: 6 } as const;
const Failure = { NOT_FOUND: 1, ACCESS: 2, ILLEGAL: 4, UNKNOWN_TRANSFER: 5 } as const;
const USUAL_BLOCK = 512;
const LEAST_BLOCK = 8;
/** A datagram with a block in it is no longer than a frame of Ethernet takes. */
const LONGEST_BLOCK = 1428;
const BLOCK_NUMBERS = 0x1_0000;
/** Transfers at a time, at most: the oldest one ends for another. */
const MOST_TRANSFERS = 20;

/** A file that is given. */
export interface TftpFile {
  /** Bytes. */
  readonly size: number;
  /** Bytes from `offset` on, fewer than `length` at the end. @throws Error when they cannot be read */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Files that are given, by the names that a guest asks for. */
export interface TftpFiles {
  /** The file of a name, `null` where there is none for the guest. */
  open(name: string): TftpFile | null;
}

interface Transfer {
  readonly file: TftpFile;
  readonly blockBytes: number;
  /** The block that was sent last; 0 is the answer to the options. */
  block: number;
}

/** The transfers of a guest, each by the port that it asks from. */
export class Tftp implements Disposable {
  readonly #files: TftpFiles;
  readonly #transfers = new Map<number, Transfer>();

  constructor(files: TftpFiles) {
    this.#files = files;
  }

  /** The answer to a datagram from port `port` of the guest, `null` where there is none. */
  answer(port: number, message: Uint8Array): Uint8Array | null {
    if (message.length < 4) return null;
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    switch (view.getUint16(0)) {
      case Opcode.READ:
        return this.#begin(port, message.subarray(2));
      case Opcode.ACKNOWLEDGE:
        return this.#goOn(port, view.getUint16(2));
      case Opcode.WRITE:
        return failure(Failure.ACCESS, "Access violation");
      case Opcode.ERROR:
        this.#end(port);
        return null;
      default:
        return failure(Failure.ILLEGAL, "Illegal TFTP operation");
    }
  }

  /** Every file is closed. */
  [Symbol.dispose](): void {
    for (const port of [...this.#transfers.keys()]) this.#end(port);
  }

  #begin(port: number, bytes: Uint8Array): Uint8Array {
    this.#end(port);
    const texts = new TextDecoder().decode(bytes).split("\0");
    const [name = "", mode = ""] = texts;
    if (texts.length < 3) return failure(Failure.ILLEGAL, "Illegal TFTP operation");
    if (mode.toLowerCase() !== "octet")
      return failure(Failure.ILLEGAL, "Unsupported transfer mode");
    const file = this.#files.open(name);
    if (file === null) return failure(Failure.NOT_FOUND, "File not found");
    for (const [oldest] of this.#transfers) {
      if (this.#transfers.size < MOST_TRANSFERS) break;
      this.#end(oldest);
    }
    const agreed: [name: string, value: number][] = [];
    let blockBytes = USUAL_BLOCK;
    for (let at = 2; at + 1 < texts.length; at += 2) {
      const option = texts[at]?.toLowerCase();
      const value = Number(texts[at + 1]);
      if (option === "tsize") agreed.push([option, file.size]);
      if (option === "blksize" && value >= LEAST_BLOCK) {
        blockBytes = Math.min(Math.floor(value), LONGEST_BLOCK);
        agreed.push([option, blockBytes]);
      }
    }
    const transfer = { file, blockBytes, block: agreed.length === 0 ? 1 : 0 };
    this.#transfers.set(port, transfer);
    if (agreed.length === 0) return this.#data(port, transfer);
    const options = agreed.map(([option, value]) => `${option}\0${value}\0`).join("");
    return datagram(Opcode.OPTIONS, null, new TextEncoder().encode(options));
  }

  #goOn(port: number, acknowledged: number): Uint8Array | null {
    const transfer = this.#transfers.get(port);
    if (transfer === undefined) return failure(Failure.UNKNOWN_TRANSFER, "Unknown transfer ID");
    const { file, block, blockBytes } = transfer;
    if (acknowledged === block % BLOCK_NUMBERS) {
      if (block > 0 && block * blockBytes > file.size) {
        this.#end(port);
        return null;
      }
      transfer.block++;
    } else if (block === 0 || acknowledged !== (block - 1) % BLOCK_NUMBERS) {
      return null;
    }
    // One that asks for the last block again has not got it.
    return this.#data(port, transfer);
  }

  #data(port: number, { file, block, blockBytes }: Transfer): Uint8Array {
    try {
      return datagram(Opcode.DATA, block, file.read((block - 1) * blockBytes, blockBytes));
    } catch {
      this.#end(port);
      return failure(Failure.ACCESS, "Access violation");
    }
  }

  #end(port: number): void {
    this.#transfers.get(port)?.file.close();
    this.#transfers.delete(port);
  }
}

function failure(code: number, text: string): Uint8Array {
  return datagram(Opcode.ERROR, code, new TextEncoder().encode(`${text}\0`));
}

/** A message: its kind, a number where there is one, and the rest. */
function datagram(opcode: number, number: number | null, rest: Uint8Array): Uint8Array {
  const head = [opcode, ...(number === null ? [] : [number % BLOCK_NUMBERS])];
  return Uint8Array.from([...head.flatMap((word) => [word >> 8, word & 0xff]), ...rest]);
}
