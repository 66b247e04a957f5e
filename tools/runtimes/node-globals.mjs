/**
 * The globals of Node that a test file may use, as it sees them in a bundle. Where there is no
 * Node, touching one is noted, and the test that did so counts as one that needs Node.
 */
import { fewerCases } from "./fewer-cases.mjs";

const missing = new Set();

const isNodeLike = typeof globalThis.process === "object" && "versions" in globalThis.process;

/** What was asked for and is not there, since the last call. */
export function takeMissing() {
  const names = [...missing];
  missing.clear();
  return names;
}

function absent(name) {
  return new Proxy(function absentFunction() {}, {
    get: (_, property) => {
      if (name === "process" && property === "env") return fewerCases;
      return refuse(`${name}.${String(property)}`);
    },
    apply: () => refuse(name),
    construct: () => refuse(name),
  });
}

function refuse(name) {
  missing.add(name);
  throw new Error(`${name} is Node's`);
}

export const process = isNodeLike ? globalThis.process : absent("process");
export const Buffer = isNodeLike ? globalThis.Buffer : absent("Buffer");
