import { Writable } from "node:stream";

import { describe, expect, it } from "vitest";

import { gathering } from "../../src/net/node/gathering.js";

/** A stream that notes what reaches it, and in how many pieces at a time. */
function noted(): { stream: Writable; pieces: number[]; text: () => string } {
  const pieces: number[] = [];
  let text = "";
  const take = (chunks: readonly Buffer[]): void => {
    pieces.push(chunks.length);
    for (const chunk of chunks) text += chunk.toString();
  };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      take([chunk]);
      done();
    },
    writev: (chunks, done) => {
      take(chunks.map(({ chunk }) => chunk as Buffer));
      done();
    },
  });
  return { stream, pieces, text: () => text };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("writes that leave together", () => {
  it("are those of one turn, in their order", async () => {
    const { stream, pieces, text } = noted();
    const write = gathering(stream);
    for (const part of ["a", "b", "c"]) write(Buffer.from(part));
    expect(stream.writableLength).toBe(3);
    await turn();
    for (const part of ["d", "e"]) write(Buffer.from(part));
    await turn();
    expect(pieces).toEqual([3, 2]);
    expect(text()).toBe("abcde");
  });

  it("reach a stream that ends in the same turn", async () => {
    const { stream, text } = noted();
    const write = gathering(stream);
    for (const part of ["a", "b"]) write(Buffer.from(part));
    const finished = new Promise((resolve) => stream.once("finish", resolve));
    stream.end();
    await finished;
    expect(text()).toBe("ab");
    await turn();
  });
});
