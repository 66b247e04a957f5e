/** Words for what `console.log` shows of IOMMUs. */
import { hex, IommuAccess } from "@mem/core";
import type { Ink } from "@mem/qom";
import type { IommuFault } from "./faults/iommu-fault.js";

const ACCESS_WORD: Readonly<Record<IommuAccess, string>> = {
  [IommuAccess.NONE]: "nothing",
  [IommuAccess.RO]: "read",
  [IommuAccess.WO]: "write",
  [IommuAccess.RW]: "read and write",
};

/** The wish of an access, or a permission, as a word. */
export function accessWord(access: IommuAccess): string {
  return ACCESS_WORD[access] ?? "access";
}

/** E.g. `write at 0x5000, table 0: not-mapped`. */
export function faultText({ iova, access, iommuIdx, reason }: IommuFault, ink: Ink): string {
  const at = `${accessWord(access)} at ${ink(hex(iova), "number")}`;
  return `${at}, table ${iommuIdx}: ${ink(reason, "kind")}`;
}

/** The data of a fault. */
export function faultData({ iova, access, iommuIdx, reason }: IommuFault): object {
  return { iova: hex(iova), access: accessWord(access), iommuIdx, reason };
}

interface ShownWindow {
  readonly iova: bigint;
  readonly last: bigint;
  readonly target: bigint;
  readonly perm: IommuAccess;
  readonly targetAs: { readonly name: string };
}

/** E.g. `0x0-0xfff table 0: read and write of memory at 0x3000`. */
export function windowText(window: ShownWindow, iommuIdx: number, ink: Ink): string {
  const { iova, last, target, perm, targetAs } = window;
  const place = ink(`${hex(iova)}-${hex(last)}`, "number");
  const to = `${ink(targetAs.name, "name")} at ${ink(hex(target), "number")}`;
  return `${place} table ${iommuIdx}: ${accessWord(perm)} of ${to}`;
}

/** The data of a window. */
export function windowData(window: ShownWindow, iommuIdx: number): object {
  const { iova, last, target, perm, targetAs } = window;
  return {
    iommuIdx,
    iova: hex(iova),
    last: hex(last),
    target: hex(target),
    access: accessWord(perm),
    targetAs: targetAs.name,
  };
}
