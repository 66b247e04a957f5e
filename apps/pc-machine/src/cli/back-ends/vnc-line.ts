/** Settings of a VNC server, as the command line gives them. */
import type { SocketPlace } from "../../chardev/backend-spec.js";
import type { SharePolicy } from "../../vnc/vnc-parts.js";

/** A VNC server to make. */
export interface VncLine {
  readonly id: string;
  readonly place: SocketPlace;
  /** Ports up to this one are tried, too; `null`: the place's alone. */
  readonly lastPort: number | null;
  /** Clients need a password. */
  readonly password: boolean;
  /** Name of the secret that has the password, `null`: `set_password` sets it. */
  readonly secret: string | null;
  readonly share: SharePolicy;
  /** Clients at a time, `null` for the usual number. */
  readonly connections: number | null;
  /** The option that asked for it, for messages. */
  readonly option: string;
}
