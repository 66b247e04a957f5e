/** A server of QMP that is spoken to by a test. */
import { BlockGraph } from "../../src/block/block-graph.js";
import { PcMachine } from "../../src/board/index.js";
import { LocalBackend } from "../../src/chardev/character-backend.js";
import { CharacterDevices } from "../../src/chardev/character-devices.js";
import { qmpTarget } from "../../src/cli/targets/qmp-target.js";
import { Session } from "../../src/cli/run/session.js";
import type { DeviceRequest } from "../../src/device/properties/request.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import type { Networks } from "../../src/net/networks.js";
import { QmpServer } from "../../src/qmp/qmp-server.js";

/** The other end of the line: what was sent over it. */
export class Wire extends LocalBackend {
  readonly filename = "wire";
  sent: Uint8Array[] = [];
  write(byte: number): void {
    this.sent.push(Uint8Array.of(byte));
  }
  override writeBytes(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  take(): string {
    const text = new TextDecoder("latin1").decode(
      Uint8Array.from(this.sent.splice(0).flatMap((part) => [...part])),
    );
    return text;
  }
}

/** A PC that stands still, and a server of QMP for it. */
export class Rig {
  readonly wire = new Wire();
  readonly session: Session;
  readonly server: QmpServer;
  readonly characters = new CharacterDevices();

  constructor(
    negotiated = true,
    pretty = false,
    devices: readonly DeviceRequest[] = [],
    networks?: Networks,
  ) {
    const pc = new PcMachine({
      ramSize: 2 ** 24,
      bios: embeddedFirmware(),
      vga: false,
      devices,
      clock: new InstructionClock(),
      onReset: () => this.session.wasReset(),
      onGuestEvent: (event) => this.session.guestEvent(event),
      onUnplug: (device) => this.session.unplugged(device),
    });
    const emit = (event: string, data?: Readonly<Record<string, unknown>>): void =>
      this.server.event(event, data);
    const blocks = new BlockGraph({ emit, stop: () => undefined, note: () => undefined });
    this.session = new Session(pc, {
      name: null,
      startStopped: true,
      blocks,
      characters: this.characters,
      ...(networks === undefined ? {} : { networks }),
      actions: { reboot: "reset", shutdown: "poweroff", panic: "shutdown", watchdog: "reset" },
      runsGuest: true,
      inputOpen: () => true,
      keepsHaltedGuest: () => true,
    });
    const { session, characters } = this;
    const target = qmpTarget({ session, characters, blocks, emit });
    this.server = new QmpServer(this.wire, target, { pretty, nowMs: () => 1_500 });
    session.observe(emit);
    if (negotiated) {
      this.server.greet();
      this.say('{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}');
    }
  }

  /** The answers to bytes, one a line. */
  say(text: string): string[] {
    this.wire.take();
    for (const letter of text + "\n") this.wire.receive?.(letter.charCodeAt(0));
    return this.wire.take().split("\r\n").slice(0, -1);
  }

  /** What `execute` returns, or its error. */
  execute(name: string, args?: unknown): unknown {
    const [answer = ""] = this.say(JSON.stringify({ execute: name, arguments: args }));
    const parsed: unknown = JSON.parse(answer);
    return typeof parsed === "object" && parsed !== null && "return" in parsed
      ? parsed.return
      : parsed;
  }
}
