/** `info` on what takes a line or two: characters, processors, memory, the mouse, the history. */
import { memoryLeft } from "../../../devices/virtio/index.js";
import { generationId } from "../../../devices/vmgenid/index.js";
import type { Command } from "../../command.js";
import { cpusOf } from "../../parts.js";
import { usbText } from "../../text/machine/usb-text.js";
import { simple } from "./simple.js";

const NO_BALLOON = "Error: No balloon device has been activated";
const NO_UUID = "00000000-0000-0000-0000-000000000000";
const MIB = 2 ** 20;
/** Properties of threads for devices, in the order in which they are shown. */
const IOTHREAD_VALUES = ["poll-max-ns", "poll-grow", "poll-shrink", "aio-max-batch"];
const NAME_WIDTH = 24;

/** The subjects. */
export const summaries: readonly Command[] = [
  simple("chardev", "show the character devices", ({ target }) =>
    (target.characters?.all ?? [])
      .map(({ label, backend }) => `${label}: filename=${backend.filename}\n`)
      .join(""),
  ),
  simple("cpus", "show infos for each CPU", ({ target, chosen }) =>
    cpusOf(target)
      .map((_cpu, at) => `${at === chosen.cpu ? "*" : " "} CPU #${at}: thread_id=0\n`)
      .join(""),
  ),
  simple(
    "dump",
    "Display the latest dump status",
    ({ target }) => `Status: ${target.dumps?.status.status ?? "none"}\n`,
  ),
  simple("history", "show the command line history", ({ history }) =>
    history.map((line, at) => `${at}: '${line}'\n`).join(""),
  ),
  simple("iothreads", "show iothreads", ({ target }) =>
    [...(target.objects?.iothreads ?? [])]
      .flatMap(([id, values]) => [
        `${id}:\n  thread_id=0\n`,
        ...IOTHREAD_VALUES.map((name) => `  ${name}=${values[name] ?? 0}\n`),
      ])
      .join(""),
  ),
  simple("kvm", "show KVM information", () => "kvm support: not compiled\n"),
  simple("memory_size_summary", "show the amount of initially allocated memory", ({ target }) =>
    [`base memory: ${target.pc.board?.map.ram.size ?? 0}\n`, "plugged memory: 0\n"].join(""),
  ),
  simple(
    "mice",
    "show which guest mouse is receiving events",
    ({ target }) =>
      (target.pc.board?.input.pointers ?? [])
        .map(({ handler, index }, at) => {
          const sign = at === 0 ? "*" : " ";
          return `${sign} Mouse #${index}: ${handler.name}${handler.absolute ? " (absolute)" : ""}\n`;
        })
        .join("") || "No mouse devices connected\n",
  ),
  simple("numa", "show NUMA information", ({ target }) => {
    const nodes = target.pc.board?.numa?.nodes ?? [];
    const lines = nodes.flatMap(({ memory, cpus }, id) => [
      `node ${id} cpus:${cpus.map((cpu) => ` ${cpu}`).join("")}\n`,
      `node ${id} size: ${Math.floor(memory / MIB)} MB\n`,
      `node ${id} plugged: 0 MB\n`,
    ]);
    return `${nodes.length} nodes\n${lines.join("")}`;
  }),
  simple("ramblock", "Display system ramblock information", ({ target }) => {
    const ram = target.pc.board?.map.ram;
    const size = `0x${(ram?.size ?? 0).toString(16).padStart(16, "0")}`;
    const head =
      `${"Block Name".padStart(NAME_WIDTH)}    ${"PSize"}  ${"Offset".padStart(18)} ` +
      `${"Used".padStart(18)} ${"Total".padStart(18)}\n`;
    const offset = `0x${"0".repeat(16)}`;
    if (ram === undefined) return head;
    return `${head}${ram.name.padStart(NAME_WIDTH)}    4 KiB  ${offset} ${size} ${size}\n`;
  }),
  simple("balloon", "show balloon information", ({ target }) => {
    const left = memoryLeft(target.pc);
    return left === null ? `${NO_BALLOON}\n` : `balloon: actual=${Math.floor(left / MIB)}\n`;
  }),
  simple("vm-generation-id", "Show Virtual Machine Generation ID", ({ target }) => {
    const found = generationId(target.pc.devices);
    return found === null ? "Error: VM Generation ID device not found\n" : `${found}\n`;
  }),
  simple("usb", "show guest USB devices", ({ target }) => usbText(target.pc.devices)),
  simple("uuid", "show the current VM UUID", ({ target }) => `${target.uuid ?? NO_UUID}\n`),
];
