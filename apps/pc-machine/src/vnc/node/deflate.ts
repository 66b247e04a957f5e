/** Compression for VNC, by Node. */
import { constants, deflateRawSync } from "node:zlib";

import type { Deflate } from "../encodings/encoding.js";

/** The fastest level: a picture is compressed each time that it changes. */
export const deflate: Deflate = (bytes) =>
  deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
