import { type Data64, type MemOp, MemOp as Op, MemTxResult } from "@mem/core";
import { loadDataAt, storeDataAt } from "@mem/flat/plumbing";
import { WordAccess } from "../word-access.js";

/** Loads and stores of bytes that belong to nobody: what texts about a structure read. */
export class CopiedBytes extends WordAccess<number> {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    super();
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(offset: number, into: Uint8Array): MemTxResult {
    into.set(this.#bytes.subarray(offset, offset + into.length));
    return MemTxResult.OK;
  }

  write(offset: number, from: Uint8Array): MemTxResult {
    this.#bytes.set(from, offset);
    return MemTxResult.OK;
  }

  protected override load8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  protected override load16(offset: number, isLittle: boolean): number {
    return this.#view.getUint16(offset, isLittle);
  }

  protected override load32(offset: number, isLittle: boolean): number {
    return this.#view.getUint32(offset, isLittle);
  }

  protected override loadQuad(offset: number, op: MemOp): bigint {
    return this.#view.getBigUint64(offset, (op & Op.BIG) === 0);
  }

  protected override loadHalves(offset: number, into: Data64, op: MemOp): void {
    loadDataAt(this.#view, offset, op, into);
  }

  protected override store8(offset: number, value: number): void {
    this.#view.setUint8(offset, value);
  }

  protected override store16(offset: number, value: number, isLittle: boolean): void {
    this.#view.setUint16(offset, value, isLittle);
  }

  protected override store32(offset: number, value: number, isLittle: boolean): void {
    this.#view.setUint32(offset, value, isLittle);
  }

  protected override storeQuad(offset: number, value: bigint, op: MemOp): void {
    this.#view.setBigUint64(offset, value, (op & Op.BIG) === 0);
  }

  protected override storeHalves(offset: number, from: Data64, op: MemOp): void {
    storeDataAt(this.#view, offset, op, from);
  }
}
