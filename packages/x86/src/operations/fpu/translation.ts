/** Description of x87 for a translator: which kernel each opcode calls. */
import type { NamedForm } from "./forms.js";
import { memoryForms, registerForms } from "./forms.js";

/**
 * The opcodes D8 to DF that are a kernel and no more than that, for a translator.
 * @see the guide "A translator on top of the memory API"
 */
export class X87Table {
  readonly #memory = memoryForms();
  readonly #registers = registerForms();

  /**
   * Kernel that an instruction calls; null: it is the interpreter's.
   * @param opcode D8 to DF
   */
  find(opcode: number, modrm: number): NamedForm | null {
    const op = opcode & 7;
    if (modrm < 0xc0) return this.#memory[(op << 3) | ((modrm >> 3) & 7)] ?? null;
    const form = this.#registers[(op << 6) | (modrm & 0x3f)] ?? null;
    // Those look at flags, or set them.
    return form === null || form.flags || form.name === "fcmov" ? null : form;
  }
}
