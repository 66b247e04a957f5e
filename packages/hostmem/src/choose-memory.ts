import { pageAlign } from "@mem/core/plumbing";
import { CopiedMemory } from "./copied-memory.js";
import type { FileChanged, FileMemory, FileTrouble } from "./file-memory.js";
import type { FileRamOptions } from "./file-ram-options.js";
import type { HostFile } from "./host-file.js";
import { MappedMemory } from "./mapped/mapped-memory.js";
import { Mapping, showsMemory } from "./mapped/mapping.js";
import { type NativeMemory, nativeMemory } from "./mapped/native.js";
import type { RamFileStatistics } from "./ram-file-statistics.js";

/** The file that is to become memory. */
export interface FileMemoryRequest {
  readonly file: HostFile;
  readonly options: FileRamOptions;
  /** True if stores are to reach the file. */
  readonly share: boolean;
  readonly statistics: RamFileStatistics;
  readonly trouble: FileTrouble;
  /** Hears of bytes that the file changed in memory. */
  readonly changed: FileChanged;
  /** Hears why a file is not mapped that could have been. */
  readonly notMapped: (reason: string) => void;
}

/**
 * A mapping of the file where that is possible and wanted, otherwise copies.
 * @throws HostFileError when it has to be mapped and cannot, or its blocks cannot be reserved
 */
export function chooseMemory(request: FileMemoryRequest): FileMemory {
  const { file, options, notMapped } = request;
  const { mapping = "auto", shared = false, readonly = false, prealloc = false } = options;
  const native =
    mapping === "never" ? null : shared ? "a SharedArrayBuffer cannot show a mapping" : find();
  if (prealloc) preallocate(file, typeof native === "string" ? null : native, readonly);
  const mapped = native && mapFile(native, request);
  if (mapped instanceof MappedMemory) return mapped;
  if (mapped !== null) {
    if (mapping === "required") throw file.error("file-mapping", `it cannot be mapped: ${mapped}`);
    notMapped(mapped);
  }
  return new CopiedMemory(request);
}

function find(): NativeMemory | string {
  const native = nativeMemory();
  if (typeof native === "string" || showsMemory(native)) return native;
  return "a buffer cannot show memory of the system here";
}

/** Otherwise why not. */
function mapFile(native: NativeMemory | string, request: FileMemoryRequest): MappedMemory | string {
  if (typeof native === "string") return native;
  const { file, share } = request;
  try {
    file.duplicate((fd) => native.duplicate(fd));
    const mapping = new Mapping(native, file.ownFd, file.offset, pageAlign(file.size), share);
    return new MappedMemory(request, mapping, native);
  } catch (error) {
    return `${file.name}: ${String(error)}`;
  }
}

function preallocate(file: HostFile, native: NativeMemory | null, readonly: boolean): void {
  if (readonly)
    throw file.error("file-prealloc", "of a file that is only read nothing is reserved");
  try {
    if (native?.reserve(file.fd, file.offset, file.size)) return;
  } catch (cause) {
    throw file.error("file-prealloc", `its blocks cannot be reserved: ${String(cause)}`, cause);
  }
  file.occupy();
}
