import { KiB, Machine } from "@mem/flat";

const BANK = 16 * KiB;

/**
 * The console: 2 KiB of RAM and three mirrors, a port that prints, and a cartridge of any number of
 * banks: the one that a store to it chose at 0x8000, its last at 0xc000.
 *
 * @param {Uint8Array} image   the bytes of the cartridge, a multiple of 16 KiB
 * @param {(byte: number) => void} print   gets what the program sends to the port
 */
export function makeConsole(image, print) {
  const machine = new Machine();
  const map = machine.container({ name: "map", size: 64 * KiB });

  const ram = machine.ram({ name: "ram", size: 2 * KiB });
  map.addSubregion(0x0000, ram);
  for (const address of [0x0800, 0x1000, 0x1800]) {
    map.addSubregion(address, machine.alias({ name: "mirror", target: ram, size: 2 * KiB }));
  }

  const port = machine.mmio({
    name: "port",
    size: 1,
    read: () => 0,
    write: (_offset, byte) => print(byte),
  });
  map.addSubregion(0x4000, port);

  const cartridge = machine.romDevice({
    name: "cartridge",
    size: image.length,
    write: (_offset, bank) => {
      window.aliasOffset = (bank * BANK) % image.length;
    },
  });
  cartridge.ramBytes().set(image);
  const window = machine.alias({ name: "bank", target: cartridge, size: BANK });
  const offset = image.length - BANK;
  map.addSubregion(0x8000, window);
  map.addSubregion(0xc000, machine.alias({ name: "last", target: cartridge, offset, size: BANK }));

  return { machine, bus: machine.addressSpace(map, "cpu") };
}
