/** The option `-numa`: nodes of memory, their processors, and how far they are from each other. */
import { parseNumber, parseSize } from "../../../text/size.js";
import { NumaDistance, type PcNuma } from "../../../board/memory/numa.js";
import { optionError } from "../../cli-error.js";
import type { CommandLine, NumaLine, NumaNodeLine } from "../../command-line.js";
import { KeyValues, splitList } from "../../key-values.js";
import type { OptionDefinition } from "../definition.js";

/** `-numa node,...`, `-numa dist,...` and `-numa cpu,...`. */
export const numaOption: OptionDefinition = {
  names: ["numa"],
  argument: "node[,KEY=VALUE...]|dist,KEY=VALUE...|cpu,KEY=VALUE...",
  help: [
    "a node of memory with processors near it: nodeid=N, cpus=N or two numbers with a dash,",
    "mem=SIZE or memdev=ID; dist,src=N,dst=N,val=N tells how far one is from",
    "another, 10 to 255; cpu,node-id=N,socket-id=N puts a processor into a node",
  ],
  values: ["node,nodeid=", "dist,src=", "cpu,node-id="],
  config: { group: "numa", implied: "type", repeats: true },
  apply: (line, value, option) => {
    const keys = new KeyValues(option, value, "type");
    const type = keys.need("type");
    if (type === "node") addNode(line, keys, value, `${option} ${value}`);
    else if (type === "dist") addDistance(line, keys, `${option} ${value}`);
    else if (type === "cpu") addProcessor(line, keys);
    else throw keys.error(`"${type}" is not node, dist or cpu`);
  },
};

function addNode(line: CommandLine, keys: KeyValues, text: string, option: string): void {
  const { nodes } = line.numa;
  const id = number(keys, "nodeid") ?? nodes.length;
  if (nodes.some((node) => node.id === id)) throw keys.error(`there is a node ${id} already`);
  const mem = keys.get("mem");
  const object = keys.get("memdev");
  if (mem !== undefined && object !== undefined) throw keys.error("give mem= or memdev=");
  const bytes = mem === undefined ? null : parseSize(mem, "M");
  if (mem !== undefined && bytes === null) throw keys.error(`mem=${mem}: is no size`);
  keys.get("cpus");
  keys.finish();
  const cpus = splitList(text)
    .filter((part) => part.startsWith("cpus="))
    .flatMap((part) => range(keys, part.slice("cpus=".length)));
  nodes.push({ id, memory: object === undefined ? bytes : { object }, cpus, option });
}

function range(keys: KeyValues, text: string): readonly number[] {
  const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === "" || to < from || to > 0xffff) {
    throw keys.error(`cpus=${text}: must be a number, or two with a dash`);
  }
  return Array.from({ length: to - from + 1 }, (_cpu, at) => from + at);
}

function addDistance(line: CommandLine, keys: KeyValues, option: string): void {
  const [from, to, value] = ["src", "dst", "val"].map((key) => number(keys, key));
  keys.finish();
  if (from === undefined || to === undefined || value === undefined) {
    throw keys.error("src=, dst= and val= are needed");
  }
  if (from === to ? value !== NumaDistance.LOCAL : value <= NumaDistance.LOCAL || value > 255) {
    throw keys.error(`val=${value}: must be 10 within a node, else 11 to 255`);
  }
  line.numa.distances.push({ from, to, value, option });
}

function addProcessor(line: CommandLine, keys: KeyValues): void {
  const id = number(keys, "node-id");
  const cpu = number(keys, "socket-id");
  for (const only of ["die-id", "core-id", "thread-id"]) {
    if ((number(keys, only) ?? 0) !== 0) throw keys.error(`${only}=: each processor is a socket`);
  }
  keys.finish();
  const node = line.numa.nodes.find((known) => known.id === id);
  if (node === undefined || cpu === undefined) {
    throw keys.error("node-id= of a node before, and socket-id= are needed");
  }
  node.cpus.push(cpu);
}

function number(keys: KeyValues, key: string): number | undefined {
  const text = keys.get(key);
  if (text === undefined) return undefined;
  const value = parseNumber(text);
  if (value === null) throw keys.error(`${key}=${text}: must be a number`);
  return value;
}

/** The nodes of a whole command line, `null` for none. @throws CliError when they do not fit the machine */
export function numaOf(line: CommandLine): PcNuma | null {
  const { distances } = line.numa;
  const nodes = line.numa.nodes.toSorted((a, b) => a.id - b.id);
  const [first] = nodes;
  const firstDistance = distances[0];
  if (first === undefined) {
    if (firstDistance !== undefined) throw optionError(firstDistance.option, "there is no node");
    return null;
  }
  for (const [index, { id, option }] of nodes.entries()) {
    if (id !== index) throw optionError(option, `there is no node ${index}`);
  }
  const sizes = sizesOf(line, nodes);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== line.ramSize) {
    const [nodes, ram] = [total, line.ramSize].map((size) => `0x${size.toString(16)}`);
    const message = `total memory for NUMA nodes (${nodes}) should equal RAM size (${ram})`;
    throw optionError(first.option, message);
  }
  const given = nodes.flatMap(({ cpus }) => cpus);
  const left = Array.from({ length: line.cpus }, (_cpu, index) => index).filter(
    (cpu) => !given.includes(cpu),
  );
  // As QEMU does it: each in turn where none was told of, else all others in the first.
  const more = (cpu: number): number => (given.length === 0 ? cpu % nodes.length : 0);
  const numa = nodes.map((node, index) => ({
    memory: sizes[index] ?? 0,
    cpus: [...node.cpus, ...left.filter((cpu) => more(cpu) === index)],
  }));
  return distances.length === 0
    ? { nodes: numa }
    : { nodes: numa, distances: matrixOf(line.numa, nodes.length) };
}

function sizesOf({ objects }: CommandLine, nodes: readonly NumaNodeLine[]): readonly number[] {
  return nodes.map(({ memory, option }) => {
    if (memory === null || typeof memory === "number") return memory ?? 0;
    const object = objects.find(({ values }) => values["id"] === memory.object);
    const size = object === undefined ? null : parseSize(String(object.values["size"]), "B");
    if (size === null) {
      throw optionError(option, `there is no memory-backend-ram "${memory.object}" (-object)`);
    }
    return size;
  });
}

/** Distances that were told of one way only are the same the other way. */
function matrixOf({ distances }: NumaLine, count: number): readonly (readonly number[])[] {
  const told = new Map<string, number>();
  for (const { from, to, value, option } of distances) {
    if (from >= count || to >= count) throw optionError(option, `there are ${count} node(s)`);
    told.set(`${from}-${to}`, value);
  }
  return Array.from({ length: count }, (_row, from) =>
    Array.from({ length: count }, (_cell, to) =>
      from === to
        ? NumaDistance.LOCAL
        : (told.get(`${from}-${to}`) ?? told.get(`${to}-${from}`) ?? NumaDistance.REMOTE),
    ),
  );
}
