/** The requests that a guest may make of a {@link VirtioMem} (`VIRTIO_MEM_REQ_*`). */
export const VirtioMemRequest = {
  /** Make blocks usable. */
  PLUG: 0,
  /** Give blocks back. */
  UNPLUG: 1,
  /** Give all blocks back. */
  UNPLUG_ALL: 2,
  /** Tell the state of blocks. */
  STATE: 3,
} as const;

/** One of {@link VirtioMemRequest}. */
export type VirtioMemRequest = (typeof VirtioMemRequest)[keyof typeof VirtioMemRequest];

/** The answers to a request (`VIRTIO_MEM_RESP_*`). */
export const VirtioMemResponse = {
  /** The request was carried out. */
  ACK: 0,
  /** More than is requested at present would be plugged. */
  NACK: 1,
  /** Not now: the guest may try again later. */
  BUSY: 2,
  /** The request makes no sense: not whole blocks, not usable ones, or not in that state. */
  ERROR: 3,
} as const;

/** One of {@link VirtioMemResponse}. */
export type VirtioMemResponse = (typeof VirtioMemResponse)[keyof typeof VirtioMemResponse];

/** The state of some blocks (`VIRTIO_MEM_STATE_*`). */
export const VirtioMemState = {
  /** All of them are plugged. */
  PLUGGED: 0,
  /** None of them is plugged. */
  UNPLUGGED: 1,
  /** Some of them are plugged. */
  MIXED: 2,
} as const;

/** One of {@link VirtioMemState}. */
export type VirtioMemState = (typeof VirtioMemState)[keyof typeof VirtioMemState];

/**
 * The answer to a question for the state of blocks.
 * @see {@link VirtioMem}, whose `state` answers one
 */
export type VirtioMemStateAnswer =
  | {
      /** `ACK`, or `ERROR` for what are no usable blocks. */
      readonly response: typeof VirtioMemResponse.ACK;
      /** The state of all the blocks together. */
      readonly state: VirtioMemState;
    }
  | {
      /** `ACK`, or `ERROR` for what are no usable blocks. */
      readonly response: typeof VirtioMemResponse.ERROR;
    };
