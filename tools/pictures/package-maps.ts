/** The maps at the top of the packages' READMEs: those of their first examples, or near to them. */
import { type AddressSpace, Machine, MiB, type MemoryRegion } from "@mem/flat";
import { WindowTableIommu } from "@mem/iommu";
import { renderMap } from "@mem/picture";
import { overlapExample } from "./guide-maps.js";

const answer = { read: () => 0, write: () => undefined };

/** A map of `size` bytes with these regions, each at an address, the later in front. */
function mapOf(
  size: number | bigint,
  make: (machine: Machine) => readonly (readonly [number, MemoryRegion])[],
): AddressSpace {
  const machine = new Machine();
  const map = machine.container({ name: "map", size });
  make(machine).forEach(([addr, region], priority) => map.addSubregion(addr, region, { priority }));
  return machine.addressSpace(map, "cpu");
}

function consoleMap(): AddressSpace {
  return mapOf(0x10000, (machine) => {
    const game = machine.rom({ name: "game", size: 0x20000 });
    const bank = machine.alias({ name: "bank", size: 0x4000, target: game, offset: 0x14000 });
    return [
      [0x0000, machine.ram({ name: "ram", size: 0x10000 })],
      [0x8000, bank],
      [0xbff0, machine.mmio({ name: "mapper", size: 0x10, ...answer })],
    ];
  });
}

function uartMap(size: number): AddressSpace {
  return mapOf(0x10000, (machine) => [
    [0x0000, machine.ram({ name: "ram", size: 0x10000 })],
    [0x4000, machine.mmio({ name: "uart", size, ...answer })],
  ]);
}

function deviceMap(): AddressSpace {
  const machine = new Machine();
  const ram = machine.addressSpace(machine.ram({ name: "ram", size: 0x10000 }), "memory");
  const options = { name: "iommu", size: 2n ** 32n, target: ram };
  return machine.addressSpace(machine.adopt(new WindowTableIommu(machine, options)), "device");
}

function savedMap(): AddressSpace {
  return mapOf(0x10000, (machine) => [
    [0x0000, machine.ram({ name: "ram", size: 0x8000 })],
    [0xa000, machine.ram({ name: "save (a file)", size: 0x2000 })],
  ]);
}

function hotplugMap(): AddressSpace {
  return mapOf(2n ** 64n, (machine) => [
    [0, machine.ram({ name: "ram", size: 64 * MiB })],
    [0x1_0000_0000, machine.ram({ name: "vmem0", size: 16 * MiB, sparse: true })],
  ]);
}

function smallPcMap(): AddressSpace {
  return mapOf(2n ** 32n, (machine) => [
    [0, machine.ram({ name: "ram", size: MiB })],
    [0xa0000, machine.mmio({ name: "display", size: 0x20000, ...answer })],
    [0xfffe0000, machine.rom({ name: "firmware", size: 0x20000 })],
  ]);
}

/** Draws all of them, by the paths of their files. */
export function drawPackageMaps(): ReadonlyMap<string, string> {
  const maps: readonly (readonly [string, string, AddressSpace])[] = [
    ["core", "Regions that overlap", overlapExample(false)],
    ["flat", "A console with a cartridge", consoleMap()],
    ["hostmem", "A saved game", savedMap()],
    ["iommu", "What a device sees", deviceMap()],
    ["ldst", "RAM and a serial port", uartMap(8)],
    ["picture", "A first map", uartMap(0x1000)],
    ["ramdiscard", "Memory that comes and goes", hotplugMap()],
    ["x86", "A small machine", smallPcMap()],
  ];
  return new Map(
    maps.map(([name, title, space]) => [
      `packages/${name}/map.svg`,
      renderMap(space, { title, legend: false }),
    ]),
  );
}
