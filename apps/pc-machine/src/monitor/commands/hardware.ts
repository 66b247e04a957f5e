/** Commands on ports, keys, the mouse, and what only hardware has. */
import { untraced } from "@mem/flat";

import { physicalAddress } from "../../board/memory/linear-memory.js";
import { keyCode, keyNames } from "../../devices/i8042/key-names.js";
import { takeFormat } from "../text/dump-format.js";
import { evaluate } from "../expression.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { chosenCpu, cpusOf, needBoard, needCpu } from "../parts.js";
import { registerValue } from "../text/registers.js";

const LETTERS: Readonly<Record<number, string>> = { 1: "b", 2: "w", 4: "l" };
const SUM_BITS = 0xffff;
const SUM_PIECE = 1 << 16;
const MOST_SUM = 2n ** 32n;

/** The values of the expressions that `text` consists of. @throws MonitorError for another number of them */
function values(context: CommandContext, text: string, count: number, command: string): bigint[] {
  const found: bigint[] = [];
  let rest = text;
  while (found.length < count) {
    const next = evaluate(rest, (name) => registerValue(chosenCpu(context), name));
    found.push(next.value);
    rest = next.rest;
  }
  if (rest !== "") {
    throw new MonitorError(`${command}: extraneous characters at the end of line`);
  }
  return found;
}

/** The width of a port access, which has 4 bytes at most. */
function portSize(size: number): number {
  return Math.min(4, size);
}

function readPort(context: CommandContext, argument: string): void {
  const { format, rest } = takeFormat(argument, context.dump);
  const [port = 0n] = values(context, rest, 1, "i");
  const size = portSize(format.size);
  const bytes = new Uint8Array(4);
  const at = Number(port & 0xffffn);
  context.target.pc.io.read(at, bytes.subarray(0, size));
  const value = new DataView(bytes.buffer).getUint32(0, true);
  const place = at.toString(16).padStart(4, "0");
  const text = value.toString(16).padStart(2 * size, "0");
  context.print(`port${LETTERS[size] ?? "l"}[0x${place}] = 0x${text}\n`);
}

function writePort(context: CommandContext, argument: string): void {
  const { format, rest } = takeFormat(argument, context.dump);
  const [port = 0n, value = 0n] = values(context, rest, 2, "o");
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number(value & 0xffff_ffffn), true);
  context.target.pc.io.write(Number(port & 0xffffn), bytes.subarray(0, portSize(format.size)));
}

/** The checksum of memory that BSD's `sum` prints. */
function sum(context: CommandContext, argument: string): void {
  const [start = 0n, size = 0n] = values(context, argument, 2, "sum");
  if (size > MOST_SUM) throw new MonitorError("sum: 4 GiB at most");
  const { pc } = context.target;
  let value = 0;
  for (let done = 0n; done < size; done += BigInt(SUM_PIECE)) {
    const left = size - done;
    const bytes = new Uint8Array(left < SUM_PIECE ? Number(left) : SUM_PIECE);
    untraced(pc.machine, () => pc.memory.read(BigInt.asUintN(64, start + done), bytes));
    for (const byte of bytes) value = (((value >> 1) | (value << 15)) + byte) & SUM_BITS;
  }
  context.print(`${String(value).padStart(5, "0")}\n`);
}

function physicalOf(context: CommandContext, argument: string): void {
  const [linear = 0n] = values(context, argument, 1, "gva2gpa");
  const physical = physicalAddress(needCpu(context), linear);
  context.print(physical === null ? "Unmapped\n" : `gpa: 0x${physical.toString(16)}\n`);
}

function sendKey({ target, print }: CommandContext, argument: string): void {
  const [keys = "", hold, more] = argument.split(/\s+/);
  if (keys === "") throw new MonitorError("sendkey: string expected");
  if (more !== undefined || (hold !== undefined && !/^\d+$/.test(hold))) {
    throw new MonitorError("sendkey: extraneous characters at the end of line");
  }
  const codes: number[] = [];
  for (const name of keys.split("-")) {
    const code = keyCode(name === "<" ? "less" : name) ?? numbered(name);
    if (code === null) {
      print(`invalid parameter: ${name}\n`);
      return;
    }
    codes.push(code);
  }
  needBoard(target).input.chord(codes);
  target.pc.wake();
}

/** A key by its code, as `0x1e`. */
function numbered(name: string): number | null {
  if (!/^0x[0-9a-f]{1,2}$/i.test(name)) return null;
  const code = Number(name);
  return code > 0x7f ? 0xe000 | (code & 0x7f) : code;
}

function moveMouse(context: CommandContext, argument: string): void {
  const numbers = argument.split(/\s+/).map(Number);
  const [dx, dy, dz = 0] = numbers;
  if (
    dx === undefined ||
    dy === undefined ||
    numbers.length > 3 ||
    !numbers.every(Number.isInteger)
  ) {
    throw new MonitorError("mouse_move: dx dy [dz] expected");
  }
  needBoard(context.target).input.move(dx, dy, -Math.sign(dz));
  context.target.pc.wake();
}

function pressMouse(context: CommandContext, argument: string): void {
  const [state = 0n] = values(context, argument, 1, "mouse_button");
  // QEMU's order of bits: left, middle, right.
  const bits = Number(state & 7n);
  const buttons = (bits & 1) | ((bits & 2) << 1) | ((bits & 4) >> 1);
  needBoard(context.target).input.move(0, 0, 0, buttons);
  context.target.pc.wake();
}

/** Another mouse counts from now on. */
function setMouse(context: CommandContext, argument: string): void {
  const [index = 0n] = values(context, argument, 1, "mouse_set");
  const { input } = needBoard(context.target);
  const found = input.pointers.find((pointer) => BigInt(pointer.index) === index);
  if (found === undefined) context.print(`Mouse at index '${index}' not found\n`);
  else input.activate(found.handler);
}

/** Commands are about another processor from now on. */
function chooseCpu({ target, chosen, print }: CommandContext, argument: string): void {
  if (!/^\d+$/.test(argument)) throw new MonitorError("cpu: integer expected");
  const index = Number(argument);
  if (index >= cpusOf(target).length) print("invalid CPU index\n");
  else chosen.cpu = index;
}

/** The commands. */
export const hardwareCommands: readonly Command[] = [
  { names: ["cpu"], parameters: "index", help: "set the default CPU", run: chooseCpu },
  { names: ["i"], parameters: "/fmt addr", help: "I/O port read", run: readPort },
  { names: ["o"], parameters: "/fmt addr value", help: "I/O port write", run: writePort },
  {
    names: ["sum"],
    parameters: "addr size",
    help: "compute the checksum of a memory region",
    run: sum,
  },
  {
    names: ["gva2gpa"],
    parameters: "addr",
    help: "print the guest physical address corresponding to a guest virtual address",
    run: physicalOf,
  },
  {
    names: ["nmi"],
    parameters: "",
    help: "inject an NMI",
    run: (context) => needCpu(context).raiseNmi?.(),
  },
  {
    names: ["system_powerdown"],
    parameters: "",
    help: "send system power down event",
    run: ({ target }) => target.powerDown?.(),
  },
  {
    names: ["system_wakeup"],
    parameters: "",
    help: "wakeup guest from suspend",
    run: ({ target, print }) => {
      if (!target.pc.wakeUp()) {
        print("Error: Unable to wake up: guest is not in suspended state\n");
      }
    },
  },
  {
    names: ["sendkey"],
    parameters: "keys [hold_ms]",
    help: "send keys to the VM (e.g. 'sendkey ctrl-alt-f1', default hold time=100 ms)",
    complete: () => keyNames,
    run: sendKey,
  },
  {
    names: ["mouse_move"],
    parameters: "dx dy [dz]",
    help: "send mouse move events",
    run: moveMouse,
  },
  {
    names: ["mouse_set"],
    parameters: "index",
    help: "set which mouse device receives events",
    run: setMouse,
  },
  {
    names: ["mouse_button"],
    parameters: "state",
    help: "change mouse button state (1=L, 2=M, 4=R)",
    run: pressMouse,
  },
];
