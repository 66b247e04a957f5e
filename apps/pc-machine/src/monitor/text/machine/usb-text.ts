/** `info usb`: the devices on each bus. */
import { broughtBuses } from "../../../device/bus-places.js";
import type { PluggedDevice } from "../../../device/plugged.js";
import { UsbDevice } from "../../../usb/usb-device.js";

/** The text. */
export function usbText(devices: readonly PluggedDevice[]): string {
  const buses = broughtBuses("usb-bus", devices);
  if (buses.length === 0) return "Error: USB support not enabled\n";
  return buses
    .flatMap(({ first, places }, bus) =>
      devices.flatMap(({ device, unit, id }) => {
        if (!(device instanceof UsbDevice) || unit === null) return [];
        const port = unit - first;
        if (port < 0 || port >= places) return [];
        const { product } = device.description;
        const name = id === null ? "" : `, ID: ${id}`;
        return (
          `  Device ${bus}.${device.address}, Port ${port + 1}, Speed 12 Mb/s, ` +
          `Product ${product}${name}\n`
        );
      }),
    )
    .join("");
}
