/** From what a `-chardev` asks for to the back end. */
import type { BackendSpec } from "../backend-spec.js";
import type { CharacterBackend } from "../character-backend.js";
import { RingBuffer } from "../ring-buffer.js";
import { VirtualConsole } from "../vc.js";
import { PipeBackend } from "./pipe.js";
import { SocketBackend } from "./socket.js";
import { UdpBackend } from "./udp.js";

/**
 * The back end; its `ready` tells when it can be used.
 * @param say told what a user should know, such as that a server waits for its client
 * @throws CharacterDeviceError when it cannot be had, as far as that shows at once
 */
export function openBackend(spec: BackendSpec, say: (text: string) => void): CharacterBackend {
  switch (spec.backend) {
    case "socket":
      return new SocketBackend(spec, say);
    case "udp":
      return new UdpBackend(spec);
    case "pipe":
      return new PipeBackend(spec.path);
    case "ringbuf":
      return new RingBuffer(spec.size);
    case "vc":
      return new VirtualConsole(spec.columns, spec.rows);
  }
}
