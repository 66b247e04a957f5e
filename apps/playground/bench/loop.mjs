/**
 * A boot sector that adds to 4 KiB of memory without end: loads, stores and branches, no device.
 *
 *       xor ax, ax
 *       mov ds, ax
 *   all:  mov si, 8000h
 *         mov cx, 1000h
 *   each: mov al, [si]
 *         add [si], cl
 *         inc si
 *         dec cx
 *         jnz each
 *         jmp all
 */
export function loopDisk() {
  const disk = new Uint8Array(512);
  disk.set([0x31, 0xc0, 0x8e, 0xd8, 0xbe, 0x00, 0x80, 0xb9, 0x00, 0x10]);
  disk.set([0x8a, 0x04, 0x00, 0x0c, 0x46, 0x49, 0x75, 0xf8, 0xeb, 0xf0], 10);
  disk.set([0x55, 0xaa], 510);
  return { name: "loop.img", kind: "disk", bytes: disk };
}
