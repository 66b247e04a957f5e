/**
 * Counts of what went to and fro between a file and memory, in bytes. Of a mapping, which moves bytes by
 * itself, nothing is counted.
 * @see {@link ramFile}, whose example reads them
 */
export interface RamFileStatistics {
  /** Read to fill memory. */
  bytesLoaded: number;
  /** Written back: whole pages that had changed. */
  bytesWritten: number;
}
