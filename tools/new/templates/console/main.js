import { explain } from "@mem/flat";
import { makeConsole } from "./map.js";

// Two banks: the first says hello, the last is where a processor would start.
const image = new Uint8Array(0x8000);
image.set(new TextEncoder().encode("Hello from bank 0\n"));

let text = "";
const { bus } = makeConsole(image, (byte) => {
  text += String.fromCharCode(byte);
});

// What a processor does: it loads a byte, and stores it, until it is 0.
for (let address = 0x8000; bus.load(address, 1) !== 0; address++) {
  bus.store(0x4000, 1, bus.load(address, 1));
}
console.log(text.trimEnd());

// Why does an address answer as it does?
console.log(String(explain(bus, 0x0812)).split("\n")[0]);
