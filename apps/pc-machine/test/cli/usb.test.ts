import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../src/cli/parse.js";

/** What parsing a command line ends in: its kind, or the message that refuses it. */
function parsed(text: string): string {
  try {
    return parseCommandLine(text.split(" ")).kind;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("devices on the USB of a command line", () => {
  it.each([
    "-usb -device usb-tablet",
    "-device usb-tablet -usb",
    "-usb -device usb-kbd,bus=usb-bus.0",
    "-usbdevice tablet",
    "-usbdevice tablet -device usb-kbd",
    "-machine usb=on -device usb-tablet",
    "-device piix3-usb-uhci -device usb-tablet",
  ])("%s", (text) => {
    expect(parsed(text)).toBe("run");
  });

  it.each([
    ["-device usb-tablet", "No 'usb-bus' bus found for device 'usb-tablet'"],
    ["-usb -device usb-tablet,bus=usb-bus.1", "Bus 'usb-bus.1' not found"],
    ["-usb -device usb-tablet,bus=pci.0", "Device 'usb-tablet' can't go on PCI bus"],
    ["-usb -device usb-kbd,port=3", "usb-bus.0 has no unit 2"],
  ])("%s is refused", (text, why) => {
    expect(parsed(text)).toContain(why);
  });

  it("-usb has its place to itself", () => {
    expect(parsed("-usb -device e1000,addr=1.2")).toBe(
      "-device e1000,addr=1.2: PCI slot 1, function 2 holds piix3-usb-uhci already",
    );
  });
});
