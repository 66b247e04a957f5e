/** Networks that come and go, and cables that are pulled, from the monitor and by QMP. */
import { afterEach, describe, expect, it } from "vitest";

import { openNetworks } from "../../src/cli/back-ends/networks.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import type { Networks } from "../../src/net/networks.js";
import { Rig } from "../qmp/qmp-rig.js";

const complaints: string[] = [];
const open: Networks[] = [];
afterEach(() => {
  for (const networks of open.splice(0)) networks[Symbol.dispose]();
  complaints.length = 0;
});

function rig(): Rig & { hmp(line: string): string } {
  const networks = openNetworks(new Map(), (text) => complaints.push(text));
  open.push(networks);
  const made = new Rig(true, false, [], networks);
  const hmp = (line: string): string =>
    String(made.execute("human-monitor-command", { "command-line": line })).replaceAll("\r", "");
  return Object.assign(made, { hmp });
}

const HEAD = "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\n";
const NETWORK = "index=0,type=user,net=10.0.2.0,restrict=on\n";
const CARD = "index=0,type=nic,model=e1000,macaddr=52:54:00:12:34:56\n";

describe("netdev_add and netdev_del", () => {
  it("are told by info network, with the card that came to the network", () => {
    const { hmp, session } = rig();
    expect(hmp("netdev_add user,id=x")).toBe("");
    expect(hmp("info network")).toBe(`x: ${NETWORK}`);
    expect(hmp("device_add e1000,netdev=x,id=card")).toBe("");
    expect(hmp("info network")).toBe(`card: ${CARD} \\ x: ${NETWORK}`);
    expect(hmp("device_add e1000,netdev=x")).toContain(
      "device_add: Property 'e1000.netdev' can't take value 'x', it's in use\n",
    );
    expect(hmp("device_add e1000,netdev=y")).toContain("can't find value 'y'");
    expect(hmp("device_del card")).toBe("");
    // There is no guest that would let go of it.
    session.pc.reset();
    expect(hmp("device_add e1000,netdev=x,id=again")).toBe("");
    expect(hmp("netdev_del x") + hmp("info usernet")).toBe("");
    // The card still says what it was plugged into.
    expect(hmp("info network")).toBe(`again: ${CARD} \\ x: ${NETWORK}`);
  });

  it.each([
    ["netdev_add user", "Error: Parameter 'id' is missing\n"],
    ["netdev_add tap,id=y", "Error: Parameter 'type' does not accept value 'tap'\n"],
    ["netdev_add user,id=x", "Error: Duplicate ID 'x'\n"],
    ["netdev_del y", "Error: Device 'y' not found\n"],
    ["netdev_del", 'netdev_del: string expected\nTry "help netdev_del" for more information\n'],
  ])("say what is wrong: %s", (line, answer) => {
    const { hmp } = rig();
    hmp("netdev_add user,id=x");
    expect(hmp(line)).toBe(answer);
  });

  it("are QMP's, too", () => {
    const made = rig();
    const add = (more: object): unknown => made.execute("netdev_add", { type: "user", ...more });
    expect(add({ id: "x", net: "10.1.0.0/24", hostname: "a,b" })).toEqual({});
    expect(add({ id: "x" })).toEqual({
      error: { class: "GenericError", desc: "Duplicate ID 'x'" },
    });
    expect(add({ id: "y", foo: 1 })).toMatchObject({
      error: { desc: "Parameter 'foo' is unexpected" },
    });
    expect(add({ id: "y", hostfwd: [{ str: "tcp:0.0.0.0:1-:2" }] })).toMatchObject({
      error: { class: "GenericError" },
    });
    expect(made.execute("netdev_add", { type: "tap", id: "y" })).toMatchObject({
      error: { desc: "Parameter 'type' does not accept value 'tap'" },
    });
    expect(made.execute("netdev_del", { id: "x" })).toEqual({});
    expect(made.execute("netdev_del", { id: "x" })).toEqual({
      error: { class: "DeviceNotFound", desc: "Device 'x' not found" },
    });
  });
});

describe("hostfwd_add and hostfwd_remove", () => {
  it("are told by info usernet", () => {
    const { hmp } = rig();
    expect(hmp("hostfwd_add tcp::0-:22")).toBe("user mode network stack not in use\n");
    hmp("netdev_add user,id=x");
    hmp("netdev_add user,id=y");
    // Port 0 of the host is any that is free.
    expect(hmp("hostfwd_add tcp::0-:22") + hmp("hostfwd_add y udp::0-10.0.2.16:24")).toBe("");
    expect(hmp("info usernet")).toBe(
      `Hub -1 (x):\n${HEAD}` +
        "  TCP[HOST_FORWARD]   0       127.0.0.1     0       10.0.2.15    22     0     0\n" +
        `Hub -1 (y):\n${HEAD}` +
        "  UDP[HOST_FORWARD]   0       127.0.0.1     0       10.0.2.16    24     0     0\n",
    );
    expect(hmp("hostfwd_add x tcp::0-:23")).toBe(
      "Could not set up host forwarding rule 'tcp::0-:23'\n",
    );
    expect(hmp("hostfwd_add z tcp::0-:23")).toBe("unrecognized netdev id 'z'\n");
    expect(hmp("hostfwd_add x 22")).toMatch(/^Invalid host forwarding rule '22' \(/);
    expect(hmp("hostfwd_remove y tcp::0")).toBe("host forwarding rule for tcp::0 not found\n");
    expect(hmp("hostfwd_remove y udp::0")).toBe("host forwarding rule for udp::0 removed\n");
    expect(hmp("hostfwd_remove x foo")).toBe("invalid format\n");
    expect(hmp("info usernet")).not.toContain("UDP");
    expect(complaints).toEqual([]);
  });
});

describe("set_link", () => {
  const WINDOW = 0xe000_0000;
  const STATUS = 8;
  const ICR = 0xc0;
  const LINK_CHANGED = 4;
  const LINK_UP = 2;

  /** A machine with a card whose window is mapped. */
  function linked(): ReturnType<typeof rig> & { register(offset: number): number } {
    const made = rig();
    made.hmp("netdev_add user,id=x");
    made.hmp("device_add e1000,netdev=x,id=card,addr=5");
    const { io, memory } = made.session.pc;
    const config = (at: number, value: number): void => {
      io.store(0xcf8, 4, 0x8000_2800 + at);
      io.store(0xcfc, 4, value);
    };
    config(0x10, WINDOW);
    config(0x04, 2);
    return Object.assign(made, { register: (offset: number) => memory.load(WINDOW + offset, 4) });
  }

  it.each(["card", "x"])("pulls the cable of a card, and the guest is told: by %s", (name) => {
    const made = linked();
    const { hmp, register } = made;
    expect([register(STATUS) & LINK_UP, register(ICR)]).toEqual([LINK_UP, 0]);
    expect(hmp(`set_link ${name} off`)).toBe("");
    expect([register(STATUS) & LINK_UP, register(ICR) & LINK_CHANGED]).toEqual([0, LINK_CHANGED]);
    expect(hmp(`set_link ${name} off`)).toBe("");
    expect(register(ICR)).toBe(0);
    // A reset of the machine does not plug it in.
    made.session.pc.board?.devices.reset();
    made.session.pc.io.store(0xcf8, 4, 0x8000_2810);
    made.session.pc.io.store(0xcfc, 4, WINDOW);
    made.session.pc.io.store(0xcf8, 4, 0x8000_2804);
    made.session.pc.io.store(0xcfc, 4, 2);
    expect(register(STATUS) & LINK_UP).toBe(0);
    register(ICR);
    expect(made.execute("set_link", { name, up: true })).toEqual({});
    expect(register(STATUS) & LINK_UP).toBe(0);
    // Both ends agree within half a second.
    const { clock } = made.session.pc;
    if (!(clock instanceof InstructionClock)) throw new Error("time passes by itself");
    clock.advance(0.6e9);
    clock.runDue();
    expect([register(STATUS) & LINK_UP, register(ICR)]).toEqual([LINK_UP, LINK_CHANGED]);
  });

  it("is what becomes of a card whose network goes", () => {
    const { hmp, register } = linked();
    hmp("netdev_del x");
    expect(register(STATUS) & LINK_UP).toBe(0);
  });

  it.each([
    ["set_link", "set_link: string expected"],
    ["set_link card", "Expected 'on' or 'off'"],
    ["set_link card up", "Expected 'on' or 'off'"],
    ["set_link nothing off", "Error: Device 'nothing' not found"],
  ])("says what is wrong: %s", (line, answer) => {
    const made = linked();
    expect(made.hmp(line).split("\n")[0]).toBe(answer);
    expect(made.execute("set_link", { name: "nothing", up: true })).toMatchObject({
      error: { class: "DeviceNotFound" },
    });
  });
});
