/** Facts of an image for programs: its clusters, its format, its snapshots. */
import type { ImageDetails } from "../block-node.js";
import type { Qcow2Image } from "./qcow2-image.js";

/** Facts of an image as they are now. @param fullBackingName the image beneath, as it was opened */
export function detailsOf(image: Qcow2Image, fullBackingName: string | null): ImageDetails {
  const { header, clusterBytes, dirty, corrupt } = image;
  const { version, backing, refcountOrder, lazyRefcounts, snapshots } = header;
  const isNew = version === 3;
  return {
    clusterBytes,
    dirty,
    backing:
      backing === null || fullBackingName === null
        ? null
        : { ...backing, fullName: fullBackingName },
    snapshots: snapshots.snapshots,
    specific: {
      type: "qcow2",
      data: {
        compat: isNew ? "1.1" : "0.10",
        "compression-type": "zlib",
        ...(isNew ? { "lazy-refcounts": lazyRefcounts } : {}),
        "refcount-bits": 2 ** refcountOrder,
        ...(isNew ? { corrupt, "extended-l2": false } : {}),
      },
    },
  };
}
