/** JSON as a whole text, by the rules of QMP: QEMU's options take it, too. */
import { JsonStream, type JsonMessage } from "./json-stream.js";
import type { JsonValue } from "./json-value.js";

/** The value that `text` stands for, strings in either kind of quotes; `null`, which no option takes, where it is no JSON. */
export function parseJson(text: string): JsonValue {
  const messages: JsonMessage[] = [];
  const stream = new JsonStream((message) => void messages.push(message));
  // A number or a word ends with the blank behind it.
  for (const byte of new TextEncoder().encode(`${text} `)) stream.feed(byte);
  const [message] = messages;
  return message !== undefined && "value" in message && messages.length === 1
    ? message.value
    : null;
}
