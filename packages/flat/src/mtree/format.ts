import { type MemoryRegion, TYPE_DEVICE } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { kindLabel, kindPrefix } from "../view/kind-label.js";

/** 16 lower-case hex digits. */
export function address(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}

/** The kind of memory as `info mtree` names it; an alias is what it shows. */
export function typeLabel(region: MemoryRegion): string {
  return `${kindPrefix(internalsOf(region).flags)}${kindLabel(region)}`;
}

/** Whoever owns a region, and its parent in the object tree where that is somebody else. */
export function ownerSuffix(region: MemoryRegion): string {
  const { owner, parent } = region;
  if (!owner && !parent) return " orphan";
  let text = owner ? reference("owner", owner) : "";
  if (parent && parent !== owner) text += reference("parent", parent);
  return text;
}

function reference(label: string, object: NonNullable<MemoryRegion["owner"]>): string {
  const kind = object.isA(TYPE_DEVICE) ? "dev" : "obj";
  const path = object.finalized ? null : object.canonicalPath();
  return ` ${label}:{${kind}${path === null ? ` type=${object.klass.name}` : ` path=${path}`}}`;
}
