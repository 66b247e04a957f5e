/** The name server (RFC 1035): answers from a table, and knows nothing else. */

export const DNS_PORT = 53;
const HEADER_BYTES = 12;
const LONGEST_NAME = 255;
const Type = { A: 1, ANY: 255 } as const;
const IN = 1;
const TTL_SECONDS = 60;
const Flag = { RESPONSE: 0x8000, AUTHORITATIVE: 0x0400, RECURSION: 0x0080 } as const;
const Code = { NO_SUCH_NAME: 3, NOT_IMPLEMENTED: 4 } as const;

/** The answer to a question, `null` for what is none. */
export function answerDns(
  query: Uint8Array,
  names: ReadonlyMap<string, number>,
): Uint8Array | null {
  if (query.length < HEADER_BYTES) return null;
  const view = new DataView(query.buffer, query.byteOffset, query.length);
  const flags = view.getUint16(2);
  if ((flags & Flag.RESPONSE) !== 0 || view.getUint16(4) !== 1) return null;
  const question = readQuestion(query);
  if (question === null) return null;
  const { name, end, type, kind } = question;
  const isQuery = ((flags >> 11) & 15) === 0;
  const address = names.get(name);
  const found =
    isQuery && address !== undefined && kind === IN && (type === Type.A || type === Type.ANY);
  const code = !isQuery ? Code.NOT_IMPLEMENTED : address === undefined ? Code.NO_SUCH_NAME : 0;
  const answer = new Uint8Array(end + (found ? 16 : 0));
  answer.set(query.subarray(0, end));
  const out = new DataView(answer.buffer);
  const asked = flags & 0x0100;
  out.setUint16(2, Flag.RESPONSE | Flag.AUTHORITATIVE | Flag.RECURSION | asked | code);
  out.setUint16(6, found ? 1 : 0);
  out.setUint32(8, 0);
  if (found) {
    out.setUint16(end, 0xc000 | HEADER_BYTES);
    out.setUint16(end + 2, Type.A);
    out.setUint16(end + 4, IN);
    out.setUint32(end + 6, TTL_SECONDS);
    out.setUint16(end + 10, 4);
    out.setUint32(end + 12, address);
  }
  return answer;
}

function readQuestion(
  query: Uint8Array,
): { name: string; end: number; type: number; kind: number } | null {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63 || at - HEADER_BYTES > LONGEST_NAME) return null;
    at++;
    if (length === 0) break;
    labels.push(String.fromCharCode(...query.subarray(at, at + length)).toLowerCase());
    at += length;
  }
  if (at + 4 > query.length) return null;
  const view = new DataView(query.buffer, query.byteOffset);
  return {
    name: labels.join("."),
    end: at + 4,
    type: view.getUint16(at),
    kind: view.getUint16(at + 2),
  };
}
