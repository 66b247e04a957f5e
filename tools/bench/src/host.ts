import { availableParallelism, cpus } from "node:os";

/** E.g. `AMD EPYC, 2 cores, Node 20.20.2 (V8 11.3), linux x64`. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const v8 = process.versions.v8.split(".").slice(0, 2).join(".");
  const node = `Node ${process.versions.node} (V8 ${v8})`;
  return `${model}, ${availableParallelism()} cores, ${node}, ${process.platform} ${process.arch}`;
}
