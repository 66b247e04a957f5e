/** Places of the processors: in the tree of objects, and in their sockets. */
import type { ControlledMachine } from "../controlled-machine.js";

/** A processor's place. */
export interface ProcessorPlace {
  /** Canonical path of its object. */
  readonly path: string;
  /** Type of its object. */
  readonly type: string;
  /** Its socket and what is in it, and the node of memory that it is near, where there are nodes. */
  readonly props: Readonly<Record<"core-id" | "thread-id" | "socket-id", number>> & {
    readonly "node-id"?: number;
  };
}

/** Places of all processors, the first one first; none where the machine has none. */
export function processorPlaces(pc: ControlledMachine): readonly ProcessorPlace[] {
  const count = pc.board?.processors.all.length ?? 0;
  const nodes = pc.board?.numa?.nodes ?? [];
  const hasHelper = pc.devices.some(({ definition }) => definition.name === "kvmvapic");
  return Array.from({ length: count }, (_none, number) => {
    // As on QEMU's board, what helps the first processor comes between it and the second, if it is there.
    const device = number === 0 || !hasHelper ? number : number + 1;
    const object = pc.machine.objects.resolve(`/machine/unattached/device[${device}]`);
    const node = nodes.findIndex(({ cpus }) => cpus.includes(number));
    return {
      path: object?.canonicalPath() ?? "",
      type: object?.klass.name ?? "",
      props: {
        "core-id": 0,
        "thread-id": 0,
        ...(node < 0 ? {} : { "node-id": node }),
        "socket-id": number,
      },
    };
  });
}
