/** From the options of a `qcow2` node to its image, and to the node beneath it. */
import { BlockError } from "../../storage/block-backend.js";
import type { BlockNode, ImageDetails } from "../block-node.js";
import { BlockOptions, optionsOfName, type RawBlockOptions } from "../block-options.js";
import { BlockdevError } from "../errors.js";
import { readHeader } from "./header/header.js";
import type { Inflate } from "./compressed.js";
import type { OnDamage } from "./damage.js";
import { detailsOf } from "./image-details.js";
import { Qcow2Image } from "./qcow2-image.js";

/** Options that say how much is cached, or what is checked: of no effect. */
const TUNING = [
  ...["lazy-refcounts", "pass-discard-request", "pass-discard-snapshot", "pass-discard-other"],
  ...["discard-no-unref", "overlap-check", "cache-size", "l2-cache-size", "l2-cache-entry-size"],
  ...["refcount-cache-size", "cache-clean-interval"],
];
/** Deeper chains of images are a ring. */
const MOST_DEPTH = 200;

/** A node to be opened. */
export interface Qcow2Request {
  readonly options: BlockOptions;
  /** The node with the file. */
  readonly file: BlockNode;
  readonly readonly: boolean;
  readonly inflate?: Inflate | undefined;
  readonly onDamage?: OnDamage | undefined;
  /** Open the node beneath, read only. @throws BlockdevError when it cannot be */
  openBacking(options: string | BlockOptions): BlockNode;
}

/** Open it. @throws BlockdevError when it cannot be */
export function openQcow2(request: Qcow2Request): {
  readonly image: Qcow2Image;
  readonly backing: BlockNode | null;
  readonly details: () => ImageDetails;
} {
  const { options, file, readonly, inflate, onDamage } = request;
  for (const name of TUNING) options.get(name);
  try {
    const backing = backingOf(request);
    if (backing !== null && backing.backingDepth > MOST_DEPTH) {
      throw new BlockdevError("Image has too many images beneath it");
    }
    options.finish();
    const image = new Qcow2Image(file.image, {
      readonly,
      backing: backing?.image ?? null,
      inflate,
      onDamage,
    });
    const details = (): ImageDetails => detailsOf(image, backing?.filename ?? null);
    return { image, backing, details };
  } catch (cause) {
    if (!(cause instanceof BlockError)) throw cause;
    throw new BlockdevError(`Could not open '${file.filename}': ${cause.message}`, { cause });
  }
}

function backingOf({ options, file, openBacking }: Qcow2Request): BlockNode | null {
  const { backing } = readHeader(file.image);
  const given = options.get("backing");
  if (given === null) return null;
  if (given !== undefined) {
    const child = options.child("backing");
    if (child !== undefined) return openBacking(child);
  }
  if (backing === null) return null;
  const { name, format } = backing;
  const beneath = optionsOfName(resolved(name, file.filename));
  const node: RawBlockOptions = { driver: format ?? "probe", file: beneath };
  return openBacking(new BlockOptions(node, "backing."));
}

/** A name in an image is one beside the image. */
function resolved(name: string, image: string): string {
  const isWhole = name.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(name);
  const folder = /^.*\//s.exec(image)?.[0] ?? "";
  return isWhole ? name : folder + name;
}
