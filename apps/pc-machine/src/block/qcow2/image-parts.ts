/** The parts of an image that hold its tables. */
import type { ClusterFile } from "./cluster-file.js";
import type { Damage } from "./damage.js";
import type { Qcow2Header } from "./header/header.js";
import type { MetadataMap } from "./metadata-map.js";
import type { Refcounts } from "./refcounts.js";

/** The parts. */
export interface ImageParts {
  readonly file: ClusterFile;
  readonly header: Qcow2Header;
  readonly counts: Refcounts;
  readonly metadata: MetadataMap;
  readonly damage: Damage;
}
