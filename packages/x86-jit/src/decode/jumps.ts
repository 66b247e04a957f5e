/** Instructions that jump. */

/** Is it a conditional jump, loops among them? */
export function isConditional(opcode: number): boolean {
  return (
    (opcode >= 0x70 && opcode < 0x80) ||
    (opcode >= 0x180 && opcode < 0x190) ||
    (opcode >= 0xe0 && opcode <= 0xe3)
  );
}

/** Does the instruction end a block by going elsewhere? */
export function isJump(opcode: number, modrm: number): boolean {
  if (isConditional(opcode)) return true;
  if (opcode === 0xe8 || opcode === 0xe9 || opcode === 0xeb) return true;
  if (opcode === 0xc2 || opcode === 0xc3) return true;
  const group = (modrm >> 3) & 7;
  return opcode === 0xff && (group === 2 || group === 4);
}
