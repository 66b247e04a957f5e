/** Commands on keys, the mouse and the picture. */
import type { ControlledMachine } from "../../../board/controlled-machine.js";
import type { PcBoard } from "../../../board/pc-board.js";
import { ABSOLUTE_MOST } from "../../../input/input-handlers.js";
import { keyCode } from "../../../devices/i8042/key-names.js";
import type { Screen } from "../../../screendump/screen.js";
import { IMAGE_FORMATS, imageOf } from "../../../screendump/screendump.js";
import { command } from "../../command.js";
import { QmpError } from "../../qmp-error.js";
import { EMPTY, qmp } from "../../schema.js";
import type { QmpTarget } from "../../target.js";

/** A key: by its name, or by its code of set 1. */
const KEY = qmp.object({ type: qmp.enumeration(["qcode", "number"]), data: qmp.any });
const BUTTONS = ["left", "middle", "right", "wheel-up", "wheel-down", "side", "extra"] as const;
const BIT: Readonly<Record<string, number>> = { left: 1, right: 2, middle: 4, side: 8, extra: 16 };
const KEY_EVENT = qmp.object({ key: KEY, down: qmp.bool });
const BUTTON_EVENT = qmp.object({ button: qmp.enumeration(BUTTONS), down: qmp.bool });
const MOVE_EVENT = qmp.object({ axis: qmp.enumeration(["x", "y"]), value: qmp.int });

function codeOf({
  type,
  data,
}: {
  readonly type: "qcode" | "number";
  readonly data: unknown;
}): number {
  if (type === "number") {
    const code = qmp.int.check(data, "data");
    return code > 0x7f ? 0xe000 | (code & 0x7f) : code;
  }
  const name = qmp.str.check(data, "data");
  const code = keyCode(name);
  if (code === null) throw new QmpError(`Parameter 'data' does not accept value '${name}'`);
  return code;
}

/** The board, whose keyboard and mouse are meant. @throws QmpError where there is none */
function needBoard({ board }: ControlledMachine): PcBoard {
  if (board === null) throw new QmpError("Input handler not found for event type key");
  return board;
}

/** Movement that the events of a command add up to. */
interface PointerState {
  buttons: number;
  dx: number;
  dy: number;
  dz: number;
  /** The place that is pointed at, `null` when no event tells one. */
  place: { x: number; y: number } | null;
}

function clamped(value: number): number {
  return Math.max(0, Math.min(ABSOLUTE_MOST, value));
}

/** Effect of an event on the machine: found out for all before any is done. */
function effectOf(
  { pc }: QmpTarget,
  event: { readonly type: string; readonly data: unknown },
): (state: PointerState) => void {
  const { input } = needBoard(pc);
  switch (event.type) {
    case "key": {
      const { key, down } = KEY_EVENT.check(event.data, "data");
      const code = codeOf(key);
      return () => input.key(code, down);
    }
    case "btn": {
      const { button, down } = BUTTON_EVENT.check(event.data, "data");
      return (state) => {
        const bit = BIT[button];
        if (bit !== undefined) state.buttons = down ? state.buttons | bit : state.buttons & ~bit;
        else if (down) state.dz += button === "wheel-up" ? -1 : 1;
      };
    }
    case "rel": {
      const { axis, value } = MOVE_EVENT.check(event.data, "data");
      return (state) => {
        if (axis === "x") state.dx += value;
        else state.dy += value;
      };
    }
    default: {
      const { axis, value } = MOVE_EVENT.check(event.data, "data");
      if (input.pointer(true) === null) {
        throw new QmpError("Input handler not found for event type abs");
      }
      return (state) => {
        state.place = { ...(state.place ?? input.place), [axis]: clamped(value) };
      };
    }
  }
}

function screenOf(target: QmpTarget): Screen {
  const vga = target.pc.board?.vga ?? null;
  if (vga === null) throw new QmpError("There is no console to take a screendump from");
  return vga.renderFrame();
}

/** The commands. */
export const inputCommands = [
  command({
    name: "send-key",
    members: { keys: qmp.array(KEY), "hold-time": qmp.optional(qmp.int) },
    returns: EMPTY,
    run: ({ pc }, { keys }) => {
      needBoard(pc).input.chord(keys.map(codeOf));
      pc.wake();
    },
  }),
  command({
    name: "input-send-event",
    members: {
      device: qmp.optional(qmp.str),
      head: qmp.optional(qmp.int),
      events: qmp.array(
        qmp.object({ type: qmp.enumeration(["key", "btn", "rel", "abs"]), data: qmp.any }),
      ),
    },
    returns: EMPTY,
    run: (target, { events }) => {
      const effects = events.map((event) => effectOf(target, event));
      const { input } = needBoard(target.pc);
      const state: PointerState = { buttons: input.buttons, dx: 0, dy: 0, dz: 0, place: null };
      for (const effect of effects) effect(state);
      const { place, dx, dy, dz, buttons } = state;
      if (place !== null) input.point(place.x, place.y, dz, buttons);
      if (place === null || dx !== 0 || dy !== 0) {
        if (events.some(({ type }) => type !== "key"))
          input.move(dx, dy, place === null ? dz : 0, buttons);
      }
      target.pc.wake();
    },
  }),
  command({
    name: "screendump",
    members: {
      filename: qmp.str,
      device: qmp.optional(qmp.str),
      head: qmp.optional(qmp.int),
      format: qmp.optional(qmp.enumeration(IMAGE_FORMATS)),
    },
    returns: EMPTY,
    run: (target, { filename, device, format }) => {
      if (device !== undefined) {
        throw new QmpError(`Device '${device}' not found`, { errorClass: "DeviceNotFound" });
      }
      target.writeFile(filename, [imageOf(screenOf(target), format ?? "ppm")]);
    },
  }),
];
