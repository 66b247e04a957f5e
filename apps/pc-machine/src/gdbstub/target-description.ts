/** The registers as XML, for `qXfer:features:read:target.xml`. */
import type { RegisterFeature, RegisterFile, RegisterType } from "./register-file.js";

/** Names of the bits from the lowest, for the types that are sets of flags; a dot has none. */
const FLAGS: ReadonlyMap<RegisterType, string> = new Map([
  ["i386_eflags", "CF . PF . AF . ZF SF TF IF DF OF . . NT . RF VM AC VIF VIP ID"],
  ["i386_mxcsr", "IE DE ZE OE UE PE DAZ IM DM ZM OM UM PM . . FZ"],
]);

/** The ways to look at an XMM register: name, element's type, elements. */
const VECTORS = [
  ["v4_float", "ieee_single", 4],
  ["v2_double", "ieee_double", 2],
  ["v16_int8", "int8", 16],
  ["v8_int16", "int16", 8],
  ["v4_int32", "int32", 4],
  ["v2_int64", "int64", 2],
] as const;

function flagsType(type: RegisterType): string {
  const fields = (FLAGS.get(type) ?? "")
    .split(" ")
    .map((name, bit) =>
      name === "." ? "" : `<field name="${name}" start="${bit}" end="${bit}"/>`,
    );
  return `<flags id="${type}" size="4">${fields.join("")}</flags>`;
}

function vectorTypes(): string {
  const types = VECTORS.map(
    ([name, type, count]) => `<vector id="${name}" type="${type}" count="${count}"/>`,
  );
  const fields = VECTORS.map(([name]) => `<field name="${name}" type="${name}"/>`);
  fields.push('<field name="uint128" type="uint128"/>');
  return `${types.join("")}<union id="vec128">${fields.join("")}</union>`;
}

function typesOf({ registers }: RegisterFeature): string {
  const used = new Set(registers.map(({ type }) => type));
  const flags = [...FLAGS.keys()].filter((type) => used.has(type)).map(flagsType);
  return flags.join("") + (used.has("vec128") ? vectorTypes() : "");
}

function featureXml(feature: RegisterFeature): string {
  const registers = feature.registers.map(({ name, bits, type, group }) => {
    const where = group === undefined ? "" : ` group="${group}"`;
    return `<reg name="${name}" bitsize="${bits}" type="${type}"${where}/>`;
  });
  return `<feature name="${feature.name}">${typesOf(feature)}${registers.join("\n")}</feature>`;
}

/** The whole description. */
export function targetDescription({ architecture, features }: RegisterFile): string {
  return [
    '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd">',
    `<target><architecture>${architecture}</architecture>`,
    ...features.map(featureXml),
    "</target>",
  ].join("\n");
}
