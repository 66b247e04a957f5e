/** The list of this PC's devices: a new one is a folder beside, and a line here. */
import { DeviceRegistry } from "../device/registry.js";
import { cirrusVga } from "./cirrus-vga/index.js";
import { e1000 } from "./e1000/index.js";
import { edu } from "./edu/index.js";
import { fwCfgIo } from "./fw-cfg/index.js";
import { hpet } from "./hpet/index.js";
import { i440fx } from "./i440fx/index.js";
import { i8042 } from "./i8042/index.js";
import { isaPit } from "./i8254/index.js";
import { i8257 } from "./i8257/index.js";
import { isaI8259 } from "./i8259/index.js";
import { coprocessorErrorPort, postCodePort } from "./ignored-ports/index.js";
import { ideCd, ideHd } from "./ide-drive/index.js";
import { ioApic } from "./ioapic/index.js";
import { ib700 } from "./ib700/index.js";
import { isaDebugExit } from "./isa-debug-exit/index.js";
import { isaDebugcon } from "./isa-debugcon/index.js";
import { floppy, isaFdc } from "./isa-fdc/index.js";
import { isaParallel } from "./isa-parallel/index.js";
import { isaPcspk } from "./isa-pcspk/index.js";
import { isaSerial } from "./isa-serial/index.js";
import { ivshmemPlain } from "./ivshmem/index.js";
import { kvmvapic } from "./kvmvapic/index.js";
import { mc146818rtc } from "./mc146818rtc/index.js";
import { pcTestdev } from "./pc-testdev/index.js";
import { piix3Ide } from "./piix3-ide/index.js";
import { piix3 } from "./piix3/index.js";
import { piix4Pm } from "./piix4-pm/index.js";
import { pflash } from "./pflash/index.js";
import { piix3UsbUhci } from "./piix3-usb-uhci/index.js";
import { port92 } from "./port92/index.js";
import { pvpanic } from "./pvpanic/index.js";
import { smbusEeprom } from "./smbus-eeprom/index.js";
import { usbKbd, usbMouse, usbTablet } from "./usb-hid/index.js";
import { usbStorage } from "./usb-storage/index.js";
import { vmgenid } from "./vmgenid/index.js";
import { vmmouse } from "./vmmouse/index.js";
import { vmport } from "./vmport/index.js";
import { scsiCd, scsiHd } from "./scsi-drive/index.js";
import { secondaryVga, vga } from "./vga/index.js";
import {
  virtConsole,
  virtioBalloon,
  virtioBlk,
  virtioKeyboard,
  virtioMouse,
  virtioNet,
  virtioRng,
  virtioScsi,
  virtioSerial,
  virtioTablet,
  virtSerialPort,
} from "./virtio/index.js";

/** Every kind of device of the PC. */
export const builtinDevices = new DeviceRegistry([
  cirrusVga,
  coprocessorErrorPort,
  e1000,
  edu,
  floppy,
  fwCfgIo,
  hpet,
  i440fx,
  i8042,
  i8257,
  ideCd,
  ideHd,
  ioApic,
  ib700,
  isaDebugExit,
  isaDebugcon,
  isaFdc,
  isaI8259,
  isaParallel,
  isaPcspk,
  isaPit,
  isaSerial,
  ivshmemPlain,
  kvmvapic,
  mc146818rtc,
  pcTestdev,
  piix3,
  pflash,
  piix3Ide,
  piix3UsbUhci,
  piix4Pm,
  port92,
  postCodePort,
  pvpanic,
  secondaryVga,
  smbusEeprom,
  scsiCd,
  scsiHd,
  usbKbd,
  usbMouse,
  usbStorage,
  usbTablet,
  vga,
  virtioBalloon,
  virtioBlk,
  virtioKeyboard,
  virtioMouse,
  virtioNet,
  virtioRng,
  virtioScsi,
  virtioSerial,
  virtSerialPort,
  virtConsole,
  virtioTablet,
  vmgenid,
  vmmouse,
  vmport,
]);
