import { checkBytes } from "@mem/core/plumbing";
import { checkVirtioMem } from "../arguments.js";
import { VirtioMemRequest, VirtioMemResponse, type VirtioMemState } from "./answers.js";
import type { VirtioMem } from "./virtio-mem.js";

/** Bytes in a request of the guest. */
export const VIRTIO_MEM_REQUEST_BYTES = 24;
/** Bytes in a response. */
export const VIRTIO_MEM_RESPONSE_BYTES = 10;
/** Bytes in the configuration. */
export const VIRTIO_MEM_CONFIG_BYTES = 56;

/**
 * Carries out a request as it lies in a guest's queue (`struct virtio_mem_req`), and answers
 * with the bytes of `struct virtio_mem_resp`. What is too short or unknown is an `ERROR`.
 */
export function handleVirtioMemRequest(device: VirtioMem, request: Uint8Array): Uint8Array {
  checkVirtioMem(device, "handleVirtioMemRequest");
  checkBytes(request, "handleVirtioMemRequest");
  if (request.length < VIRTIO_MEM_REQUEST_BYTES) return response(VirtioMemResponse.ERROR);
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength);
  const address = view.getBigUint64(8, true);
  const size = BigInt(view.getUint16(16, true)) * device.blockSize;
  switch (view.getUint16(0, true)) {
    case VirtioMemRequest.PLUG:
      return response(device.plug(address, size));
    case VirtioMemRequest.UNPLUG:
      return response(device.unplug(address, size));
    case VirtioMemRequest.UNPLUG_ALL:
      return response(device.unplugAll());
    case VirtioMemRequest.STATE: {
      const answer = device.state(address, size);
      return response(answer.response, "state" in answer ? answer.state : undefined);
    }
    default:
      return response(VirtioMemResponse.ERROR);
  }
}

/** The configuration as a guest reads it (`struct virtio_mem_config`), little-endian. */
export function virtioMemConfig(device: VirtioMem): Uint8Array {
  checkVirtioMem(device, "virtioMemConfig");
  const bytes = new Uint8Array(VIRTIO_MEM_CONFIG_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, device.blockSize, true);
  view.setUint16(8, device.node, true);
  view.setBigUint64(16, device.address, true);
  view.setBigUint64(24, device.regionSize, true);
  view.setBigUint64(32, device.usableRegionSize, true);
  view.setBigUint64(40, device.pluggedSize, true);
  view.setBigUint64(48, device.requestedSize, true);
  return bytes;
}

function response(type: VirtioMemResponse, state: VirtioMemState = 0): Uint8Array {
  const bytes = new Uint8Array(VIRTIO_MEM_RESPONSE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type, true);
  view.setUint16(8, state, true);
  return bytes;
}
