/** Media of the machine besides RAM: firmware, kernel, disks. */
import type { GivenDisk, GivenFile, MachineRequest } from "../machine/protocol.js";
import { h } from "./dom.js";
import { type FileKind, kindOfFile } from "./given-files.js";

/** Most disks that the PC has room for, of all kinds. */
const MOST_DISKS = 4;
/** Most floppy disks among them. */
const MOST_FLOPPIES = 2;

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
    case "floppy":
      return { ...media, disks: withDisk(media.disks, { ...file, kind }) };
    case "unknown":
      return null;
  }
}

/** As many as there is room for: the oldest go. */
function withDisk(disks: readonly GivenDisk[], disk: GivenDisk): readonly GivenDisk[] {
  const all = [...disks, disk];
  const floppies = all.filter(({ kind }) => kind === "floppy");
  return all
    .filter((each) => floppies.length <= MOST_FLOPPIES || each !== floppies[0])
    .slice(-MOST_DISKS);
}

/** Text about a disk that had to go when another came, `null` where none had to. */
export function takenOut(before: Media, after: Media): string | null {
  const gone = before.disks.find((disk) => !after.disks.includes(disk));
  if (gone === undefined) return null;
  const isFull = before.disks.length === MOST_DISKS;
  const room = isFull ? `${MOST_DISKS} disks` : `${MOST_FLOPPIES} floppy disks`;
  return `the PC has room for ${room}: ${gone.name} was taken out`;
}

/** Texts about media that the machine makes no use of as they are. */
export function notesOf({ firmware, disks, kernel, initrd }: Media): readonly string[] {
  const notes: string[] = [];
  if (initrd !== null && kernel === null) {
    notes.push(
      `${initrd.name} is an initial RAM disk, which does nothing without a kernel (a packed disk is to be unpacked first)`,
    );
  }
  const floppy = disks.find(({ kind }) => kind === "floppy");
  if (floppy !== undefined && firmware === null) {
    notes.push(
      `${floppy.name} is in the machine as a hard disk: the firmware has no floppy drives, unlike SeaBIOS (drop its bios-256k.bin)`,
    );
  }
  return notes;
}

const DISK_NAMES = { disk: "Disk", cdrom: "CD", floppy: "Floppy disk" } as const;

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
      item(DISK_NAMES[disk.kind], disk, {
        disks: disks.filter((other) => other !== disk),
      }),
    ),
  ];
}
