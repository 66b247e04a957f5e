import { hex, type Ioeventfd, MemTxResult } from "@mem/core";
import type { AccessOutcome, AccessRefusal } from "./access-outcome.js";
import type {
  AccessLimits,
  AccessRules,
  AccessTarget,
  DeviceRules,
  GuardState,
} from "./access-rules.js";
import { list } from "./format-words.js";

const REFUSALS: Readonly<Record<AccessRefusal, string>> = {
  nothing: "nothing answers",
  readonly: "the memory is read-only",
  end: "it leaves the memory here",
  size: "the device does not take this size",
  alignment: "it is not aligned",
  accepts: "the device's own check refuses it",
  callback: "the device has no callback for it",
  offset: "the offset exceeds 2^53",
  busy: "the device is busy",
  nesting: "accesses nest too deep",
};

const NO_GUARD: Readonly<Record<(GuardState & { kind: "none" })["why"], string>> = {
  notMmio: "none is needed",
  noDevice: "none, no device owns it",
  disabled: "switched off",
  lockless: "none, the device does its own locking",
  readonly: "none, the region is read-only",
};

/** The rules that accesses meet, and what becomes of each size. */
export function accessLines(access: AccessRules): string[] {
  const { target, outcomes } = access;
  return [
    ...targetLines(target),
    ...outcomeLines(
      "load",
      outcomes.filter(({ isWrite }) => !isWrite),
    ),
    ...outcomeLines(
      "store",
      outcomes.filter(({ isWrite }) => isWrite),
    ),
    ...noteLines(access),
  ];
}

function targetLines(target: AccessTarget): string[] {
  switch (target.kind) {
    case "memory":
      return [target.isRom ? "memory, read-only, accessed directly" : "memory, accessed directly"];
    case "ramDevice":
      return ["memory of a physical device, accessed with the guest's own sizes"];
    case "device":
      return ["device registers", ...ruleLines(target.rules)];
    case "romDevice":
      return [
        target.romd ? "loads are memory, stores go to a device" : "all goes to a device",
        ...(target.rules ? ruleLines(target.rules) : []),
      ];
    case "iommu":
      return ["translated, then they go on elsewhere"];
    case "nothing":
      return ["nothing answers"];
  }
}

function ruleLines({ endianness, valid, hasAccepts, impl }: DeviceRules): string[] {
  return [
    `${endianness} endian`,
    `the guest may use ${limitsText(valid)}${hasAccepts ? ", and the device checks each" : ""}`,
    `the callbacks take ${limitsText(impl)}`,
  ];
}

function limitsText({ min, max, unaligned }: AccessLimits): string {
  const sizes = min === max ? (max === 1 ? "1 byte" : `${max} bytes`) : `${min} to ${max} bytes`;
  return `${sizes}, ${unaligned ? "aligned or not" : "aligned"}`;
}

/** One line for the sizes that come to the same. */
function outcomeLines(verb: string, outcomes: readonly AccessOutcome[]): string[] {
  const sizes = new Map<string, number[]>();
  for (const outcome of outcomes) {
    const text = outcomeText(outcome);
    sizes.set(text, [...(sizes.get(text) ?? []), outcome.size]);
  }
  return [...sizes].map(([text, group]) => `${verb} of ${list(group)}: ${text}`);
}

function outcomeText(outcome: AccessOutcome): string {
  switch (outcome.kind) {
    case "memory":
      return "memory";
    case "ramDevice":
      return "the device's memory";
    case "translated":
      return "translated";
    case "refused":
      return (
        `refused, ${resultName(outcome.result)}: ${REFUSALS[outcome.why]}` +
        triggerText(outcome.triggers)
      );
    case "signal":
      return `signals ${notifierName(outcome.trigger)}`;
    case "calls":
      return callsText(outcome) + triggerText(outcome.triggers);
  }
}

function callsText({ size, calls, callSize }: AccessOutcome & { kind: "calls" }): string {
  if (callSize === size) return "1 call";
  return `${calls} call${calls === 1 ? "" : "s"} of ${callSize}`;
}

function triggerText(triggers: readonly Ioeventfd[]): string {
  return triggers.map((fd) => `, of ${hex(fd.data)} signals ${notifierName(fd)}`).join("");
}

function notifierName({ notifier }: Ioeventfd): string {
  return notifier.name || "a notifier";
}

function resultName(result: MemTxResult): string {
  return result === MemTxResult.ACCESS_ERROR ? "ACCESS_ERROR" : "DECODE_ERROR";
}

function noteLines(access: AccessRules): string[] {
  const { target, readonly, flushesCoalesced, isCoalesced, dirtyClients } = access;
  const lines: string[] = [];
  if (readonly && target.kind === "memory" && !target.isRom) {
    lines.push("shown read-only: a processor drops its stores, other masters write");
  }
  if (isCoalesced) lines.push("stores here may be queued");
  if (flushesCoalesced) lines.push("queued writes are delivered first");
  const guard = guardText(access.guard);
  if (guard) lines.push(`guard against re-entry: ${guard}`);
  if (dirtyClients.length > 0) lines.push(`stores are told to ${list(dirtyClients)}`);
  return lines;
}

function guardText(guard: GuardState): string | null {
  if (guard.kind === "none") return guard.why === "notMmio" ? null : NO_GUARD[guard.why];
  const device = guard.device.describe();
  return guard.kind === "armed" ? device : `${device} is busy`;
}
