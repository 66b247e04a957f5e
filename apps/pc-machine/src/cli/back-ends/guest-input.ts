/** Keys and movements of a user at a display, for the guest. */
import type { InputHandlers } from "../../input/input-handlers.js";
import type { VncInput } from "../../vnc/vnc-parts.js";
import type { Session } from "../run/session.js";

/** Keyboard and pointer of the board. A machine that does not run takes nothing, as QEMU's. */
export function guestInput(sessionOf: () => Session | null): VncInput {
  const inputOf = (): InputHandlers | null => sessionOf()?.pc.board?.input ?? null;
  const give = (act: (input: InputHandlers) => void): void => {
    const session = sessionOf();
    const input = inputOf();
    if (session === null || input === null || session.runState !== "running") return;
    act(input);
    session.pc.wake();
  };
  return {
    get isAbsolute() {
      return inputOf()?.pointer()?.absolute ?? false;
    },
    key: (code, down) => give((input) => input.key(code, down)),
    moveBy: (dx, dy, dz, buttons) => give((input) => input.move(dx, dy, dz, buttons)),
    moveTo: (x, y, dz, buttons) => give((input) => void input.point(x, y, dz, buttons)),
  };
}
