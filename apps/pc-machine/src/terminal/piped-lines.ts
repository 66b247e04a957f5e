/** Lines from a pipe: shown as they come, ended by CR, LF or both. */
import { EchoedLines, isLineEnd } from "./echoed-lines.js";

/** Lines from what is no terminal. Nothing of it is taken for a key. */
export class PipedLines extends EchoedLines {
  protected override take(byte: number): void {
    if (isLineEnd(byte)) this.enter();
    else this.insertByte(byte);
  }
}
