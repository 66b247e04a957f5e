/** Does what firmware does with the linker's script, and finds the tables from the root pointer. */
export function linkTables(
  files: Readonly<Record<string, Uint8Array>>,
  base: number,
): {
  readonly tables: ReadonlyMap<string, Uint8Array>;
  readonly root: Uint8Array;
  readonly written: ReadonlyMap<string, Uint8Array>;
} {
  const script = files["etc/table-loader"] ?? new Uint8Array(0);
  const placed = new Map<string, { address: number; bytes: Uint8Array }>();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
  const find = (name: string): { address: number; bytes: Uint8Array } => {
    const found = placed.get(name);
    if (found === undefined) throw new Error(`${name} was not allocated`);
    return found;
  };
  const written = new Map<string, Uint8Array>();
  let next = base;
  for (let at = 0; at < script.length; at += 128) {
    const entry = script.subarray(at, at + 128);
    const view = new DataView(entry.buffer, entry.byteOffset, 128);
    const name = text(entry.subarray(4, 60));
    switch (view.getUint32(0, true)) {
      case 1: {
        const align = view.getUint32(60, true);
        const address = Math.ceil((entry[64] === 2 ? 0xf_0000 : next) / align) * align;
        const bytes = (files[name] ?? new Uint8Array(0)).slice();
        placed.set(name, { address, bytes });
        if (entry[64] !== 2) next = address + bytes.length;
        break;
      }
      case 2: {
        const { bytes } = find(name);
        const target = new DataView(bytes.buffer);
        const offset = view.getUint32(116, true);
        const source = find(text(entry.subarray(60, 116)));
        target.setUint32(offset, target.getUint32(offset, true) + source.address, true);
        break;
      }
      case 3: {
        const { bytes } = find(name);
        const offset = view.getUint32(60, true);
        const start = view.getUint32(64, true);
        const part = bytes.subarray(start, start + view.getUint32(68, true));
        bytes[offset] = -part.reduce((sum, value) => sum + value, 0);
        break;
      }
      case 4: {
        const { address } = find(text(entry.subarray(60, 116)));
        const bytes = new Uint8Array(entry[124] ?? 0);
        new DataView(bytes.buffer).setUint32(0, address + view.getUint32(120, true), true);
        written.set(name, bytes);
        break;
      }
      default:
        throw new Error(`command ${view.getUint32(0, true)}`);
    }
  }
  const { bytes: root } = find("etc/acpi/rsdp");
  const { bytes, address } = find("etc/acpi/tables");
  const memory = new DataView(bytes.buffer);
  const tables = new Map<string, Uint8Array>();
  const add = (pointer: number): Uint8Array => {
    const from = pointer - address;
    const one = bytes.subarray(from, from + memory.getUint32(from + 4, true));
    tables.set(text(one.subarray(0, 4)), one);
    return one;
  };
  const rsdt = add(new DataView(root.buffer).getUint32(16, true));
  const list = new DataView(rsdt.buffer, rsdt.byteOffset, rsdt.length);
  for (let at = 36; at < rsdt.length; at += 4) add(list.getUint32(at, true));
  const fadt = tables.get("FACP");
  if (fadt !== undefined) {
    const view = new DataView(fadt.buffer, fadt.byteOffset);
    add(view.getUint32(36, true));
    add(view.getUint32(40, true));
  }
  return { tables, root, written };
}
