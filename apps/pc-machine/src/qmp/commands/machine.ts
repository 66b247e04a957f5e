/** Commands on processors, memory and PCI. */
import { CpuModel } from "@mem/x86";

import { physicalAddress } from "../../board/memory/linear-memory.js";
import { MOST_SAVED_BYTES, savedMemory } from "../../board/memory/saved-memory.js";
import { processorPlaces } from "../../board/processor/processor-places.js";
import { PciConfig, readLe } from "../../pci/config-space.js";
import type { PciDevice } from "../../pci/pci-device.js";
import { className } from "../../monitor/text/machine/pci-text.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpTarget } from "../target.js";

const MOST_PROCESSORS = 8;
const PLACE = qmp.object({
  "core-id": qmp.int,
  "thread-id": qmp.int,
  "socket-id": qmp.int,
  "node-id": qmp.optional(qmp.int),
});
/** The type of a processor unless -cpu says otherwise. */
const DEFAULT_CPU_TYPE = "qemu32-i386-cpu";

/** Save memory to a file, page by page. @throws QmpError where it cannot be read */
function save(
  target: QmpTarget,
  { val, size, filename }: { val: number; size: number; filename: string },
  place: (address: bigint) => bigint | null,
): void {
  const { pc } = target;
  if (size > MOST_SAVED_BYTES) {
    throw new QmpError(`Parameter 'size' expects at most ${MOST_SAVED_BYTES} bytes`);
  }
  const bytes = savedMemory(pc, BigInt(val), size, place);
  if (typeof bytes === "bigint") {
    const shown = bytes.toString(16).padStart(16, "0");
    throw new QmpError(`Invalid addr 0x${shown}/size ${size} specified`);
  }
  target.writeFile(filename, [bytes]);
}

function pciDevice(target: QmpTarget, device: PciDevice): Readonly<Record<string, unknown>> {
  const word = (offset: number): number => readLe(device.config, offset, 2);
  const pin = device.config[PciConfig.INTERRUPT_PIN] ?? 0;
  const code = word(PciConfig.SUBCLASS);
  const name = className(code);
  return {
    irq_pin: pin,
    bus: 0,
    qdev_id: target.pc.devices.find(({ devfn }) => devfn === device.devfn)?.id ?? "",
    ...(pin === 0 ? {} : { irq: device.config[PciConfig.INTERRUPT_LINE] ?? 0 }),
    slot: device.devfn >> 3,
    class_info: { class: code, ...(name.startsWith("Class ") ? {} : { desc: name }) },
    id: {
      device: word(PciConfig.DEVICE_ID),
      vendor: word(PciConfig.VENDOR_ID),
      "subsystem-vendor": word(PciConfig.SUBSYSTEM_VENDOR_ID),
      subsystem: word(PciConfig.SUBSYSTEM_ID),
    },
    function: device.devfn & 7,
    regions: device.bars.map(({ index, size, address, type, prefetchable, wide }) => ({
      ...(type === "io" ? {} : { prefetch: prefetchable, mem_type_64: wide }),
      bar: index,
      size,
      address: address ?? -1,
      type: type === "io" ? "io" : "memory",
    })),
  };
}

/** The commands. */
export const machineQueries = [
  command({
    name: "query-machines",
    members: {},
    returns: qmp.array(
      qmp.object({
        name: qmp.str,
        alias: qmp.optional(qmp.str),
        "is-default": qmp.optional(qmp.bool),
        "cpu-max": qmp.int,
        "hotpluggable-cpus": qmp.bool,
        "numa-mem-supported": qmp.bool,
        deprecated: qmp.bool,
        "default-cpu-type": qmp.optional(qmp.str),
        "default-ram-id": qmp.optional(qmp.str),
      }),
    ),
    run: () => [
      {
        "hotpluggable-cpus": false,
        name: "pc-i440fx-7.2",
        "numa-mem-supported": false,
        "default-cpu-type": DEFAULT_CPU_TYPE,
        "is-default": true,
        "cpu-max": MOST_PROCESSORS,
        deprecated: false,
        alias: "pc",
        "default-ram-id": "pc.ram",
      },
      {
        "hotpluggable-cpus": false,
        name: "none",
        "numa-mem-supported": false,
        "cpu-max": 1,
        deprecated: false,
        "default-ram-id": "ram",
      },
    ],
  }),
  command({
    name: "query-cpus-fast",
    members: {},
    returns: qmp.array(
      qmp.object({
        "thread-id": qmp.int,
        props: PLACE,
        "qom-path": qmp.str,
        "cpu-index": qmp.int,
        target: qmp.str,
      }),
    ),
    run: (target) =>
      processorPlaces(target.pc).map(({ path, props }, number) => ({
        "thread-id": 0,
        props,
        "qom-path": path,
        "cpu-index": number,
        target: "x86_64",
      })),
  }),
  command({
    name: "query-hotpluggable-cpus",
    early: true,
    members: {},
    returns: qmp.array(
      qmp.object({ props: PLACE, "vcpus-count": qmp.int, "qom-path": qmp.str, type: qmp.str }),
    ),
    run: (target) => {
      if (target.pc.board === null) {
        throw new QmpError("The feature 'query-hotpluggable-cpus' is not enabled");
      }
      return processorPlaces(target.pc)
        .map(({ path, type, props }) => ({ props, "vcpus-count": 1, "qom-path": path, type }))
        .reverse();
    },
  }),
  command({
    name: "query-cpu-definitions",
    members: {},
    returns: qmp.array(
      qmp.object({
        name: qmp.str,
        typename: qmp.str,
        "unavailable-features": qmp.array(qmp.str),
        static: qmp.bool,
        "migration-safe": qmp.bool,
        deprecated: qmp.bool,
      }),
    ),
    run: () =>
      CpuModel.names().map((name) => ({
        name,
        typename: `${name}-i386-cpu`,
        "unavailable-features": CpuModel.parse(name).unavailable,
        static: false,
        "migration-safe": name !== "max",
        deprecated: false,
      })),
  }),
  command({
    name: "query-memory-size-summary",
    members: {},
    returns: qmp.object({ "base-memory": qmp.int, "plugged-memory": qmp.int }),
    run: ({ pc }) => ({
      "base-memory": Number(pc.board?.map.ram.size ?? 0),
      "plugged-memory": 0,
    }),
  }),
  command({
    name: "query-pci",
    members: {},
    returns: qmp.array(qmp.object({ bus: qmp.int, devices: qmp.array(qmp.any) })),
    run: (target) => {
      const { board } = target.pc;
      if (board === null) return [];
      return [
        {
          bus: 0,
          devices: [...board.pci.devices()].map((device) => pciDevice(target, device)),
        },
      ];
    },
  }),
  command({
    name: "pmemsave",
    members: { val: qmp.int, size: qmp.int, filename: qmp.str },
    returns: EMPTY,
    run: (target, args) => save(target, args, (address) => address),
  }),
  command({
    name: "memsave",
    members: {
      val: qmp.int,
      size: qmp.int,
      filename: qmp.str,
      "cpu-index": qmp.optional(qmp.int),
    },
    returns: EMPTY,
    run: (target, args) => {
      const index = args["cpu-index"] ?? 0;
      const cpu = target.pc.board?.processors.all[index];
      if (cpu === undefined) throw new QmpError("Parameter 'cpu-index' expects a CPU number");
      save(target, args, (address) => physicalAddress(cpu, address));
    },
  }),
];
