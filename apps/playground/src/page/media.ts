/** Media of the machine besides RAM: firmware, kernel, disks. */
import type { GivenDisk, GivenFile, MachineRequest } from "../machine/protocol.js";
import { h } from "./dom.js";
import { type FileKind, kindOfFile } from "./given-files.js";

/** Most disks and CDs that the PC has room for. */
export const MOST_DISKS = 4;

/** Media of a machine, each `null` where there is none. */
export interface Media {
  readonly firmware: GivenFile | null;
  readonly vgaBios: GivenFile | null;
  readonly disks: readonly GivenDisk[];
  readonly kernel: GivenFile | null;
  readonly initrd: GivenFile | null;
}

/** A machine with its own firmware alone. */
export const NO_MEDIA: Media = {
  firmware: null,
  vgaBios: null,
  disks: [],
  kernel: null,
  initrd: null,
};

/** Media of a machine that was asked for before. */
export function mediaOf({ firmware, vgaBios, disks, kernel }: MachineRequest): Media {
  return { firmware, vgaBios, disks, kernel, initrd: kernel?.initrd ?? null };
}

/** `media` with `file`, of the kind that its contents tell unless given; `null` where they tell none. */
export function withFile(
  media: Media,
  file: GivenFile,
  kind: FileKind = kindOfFile(file),
): Media | null {
  switch (kind) {
    case "firmware":
      return { ...media, firmware: file };
    case "vga-bios":
      return { ...media, vgaBios: file };
    case "kernel":
      return { ...media, kernel: file };
    case "initrd":
      return { ...media, initrd: file };
    case "disk":
    case "cdrom":
      return { ...media, disks: [...media.disks, { ...file, kind }].slice(-MOST_DISKS) };
    case "unknown":
      return null;
  }
}

/** A line of a list for each, with a button by which `change` learns of the media without it. */
export function mediaItems(media: Media, change: (media: Media) => void): readonly HTMLLIElement[] {
  const { firmware, vgaBios, disks, kernel, initrd } = media;
  const item = (what: string, file: GivenFile | null, without: Partial<Media>): HTMLLIElement[] => {
    if (file === null) return [];
    const onclick = (): void => change({ ...media, ...without });
    const remove = h(
      "button",
      { type: "button", "aria-label": `Remove ${file.name}`, onclick },
      "Remove",
    );
    return [h("li", {}, `${what}: ${file.name} `, remove)];
  };
  return [
    ...item("Firmware", firmware, { firmware: null }),
    ...item("VGA option ROM", vgaBios, { vgaBios: null }),
    ...item("Kernel", kernel, { kernel: null }),
    ...item("Initial RAM disk", initrd, { initrd: null }),
    ...disks.flatMap((disk) =>
      item(disk.kind === "cdrom" ? "CD" : "Disk", disk, {
        disks: disks.filter((other) => other !== disk),
      }),
    ),
  ];
}
