/** Numbers of the Universal Serial Bus Specification, revision 1.1: tokens, requests, results of packets. */

/** Packet IDs of the tokens that begin a transaction. */
export const UsbToken = { OUT: 0xe1, IN: 0x69, SETUP: 0x2d } as const;

/** Outcome of a packet that moved no bytes; others are numbers of bytes, from 0. */
export const UsbResult = {
  /** Nothing now: ask again. */
  NAK: -1,
  /** The endpoint is halted, or the request is not known. */
  STALL: -2,
  /** The device had more bytes than it was asked for. */
  BABBLE: -3,
} as const;

/** Parts of a request's type. */
export const RequestType = {
  IN: 0x80,
  KIND: 0x60,
  STANDARD: 0x00,
  RECIPIENT: 0x1f,
  DEVICE: 0,
  INTERFACE: 1,
  ENDPOINT: 2,
} as const;

/** Standard requests. */
export const StandardRequest = {
  GET_STATUS: 0,
  CLEAR_FEATURE: 1,
  SET_FEATURE: 3,
  SET_ADDRESS: 5,
  GET_DESCRIPTOR: 6,
  GET_CONFIGURATION: 8,
  SET_CONFIGURATION: 9,
  GET_INTERFACE: 10,
  SET_INTERFACE: 11,
} as const;

/** Features that can be set and cleared. */
export const Feature = { ENDPOINT_HALT: 0, REMOTE_WAKEUP: 1 } as const;

/** Types of descriptors. */
export const DescriptorType = {
  DEVICE: 1,
  CONFIGURATION: 2,
  STRING: 3,
  INTERFACE: 4,
  ENDPOINT: 5,
} as const;

/** A request, as the eight bytes of a SETUP packet say it. */
export interface UsbRequest {
  /** Direction, kind and recipient. */
  readonly type: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  /** Bytes that follow, or are wanted at most. */
  readonly length: number;
}
