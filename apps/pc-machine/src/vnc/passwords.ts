/** Passwords of VNC as monitors set them. */
import type { VncServers } from "./vnc-list.js";

const MS_PER_SECOND = 1000;

/** Set the password of the server `display`, by default the first. @returns false if it cannot be set */
export function setVncPassword(servers: VncServers, password: string, display?: string): boolean {
  return servers.find(display)?.setPassword(password) ?? false;
}

/**
 * Set until when the password is good.
 * @param time `now`, `never`, seconds since 1970, or with a `+` from now
 * @returns false if there is no such server
 */
export function expireVncPassword(
  servers: VncServers,
  time: string,
  { nowMs = Date.now(), display }: { readonly nowMs?: number; readonly display?: string } = {},
): boolean {
  const server = servers.find(display);
  if (server === null) return false;
  const seconds = Number.parseInt(time.replace(/^\+/, ""), 10) || 0;
  server.expirePassword(
    time === "never"
      ? Infinity
      : time === "now"
        ? 0
        : time.startsWith("+")
          ? nowMs + seconds * MS_PER_SECOND
          : seconds * MS_PER_SECOND,
  );
  return true;
}
