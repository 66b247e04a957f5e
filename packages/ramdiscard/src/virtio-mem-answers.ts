/** What a guest may ask of a {@link VirtioMem} (`VIRTIO_MEM_REQ_*`). */
export const VirtioMemRequest = { PLUG: 0, UNPLUG: 1, UNPLUG_ALL: 2, STATE: 3 } as const;

/** One of {@link VirtioMemRequest}. */
export type VirtioMemRequest = (typeof VirtioMemRequest)[keyof typeof VirtioMemRequest];

/** How it is answered (`VIRTIO_MEM_RESP_*`). */
export const VirtioMemResponse = {
  /** Done. */
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
export const VirtioMemState = { PLUGGED: 0, UNPLUGGED: 1, MIXED: 2 } as const;

/** One of {@link VirtioMemState}. */
export type VirtioMemState = (typeof VirtioMemState)[keyof typeof VirtioMemState];

/** The answer to a question for the state of blocks. */
export type VirtioMemStateAnswer =
  | { readonly response: typeof VirtioMemResponse.ACK; readonly state: VirtioMemState }
  | { readonly response: typeof VirtioMemResponse.ERROR };
