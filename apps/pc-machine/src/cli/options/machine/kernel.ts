/** Options about a kernel that is started without a boot loader. */
import { optionError } from "../../cli-error.js";
import type { OptionGroup } from "../definition.js";

/** Everything about `-kernel`. */
export const kernelOptions: OptionGroup = {
  title: "Kernel",
  options: [
    {
      names: ["kernel"],
      argument: "FILE",
      help: [
        "start a kernel without a boot loader: a Linux image (bzImage), an image of Multiboot 1 or",
        "2, or an ELF image with a PVH entry; needs SeaBIOS",
      ],
      values: "file",
      config: { group: "machine", implied: "kernel", whole: true },
      apply: (line, value) => {
        line.kernel.image = value;
      },
    },
    {
      names: ["initrd"],
      argument: "FILE",
      help: [
        "its initial RAM disk; with Multiboot its modules: `FILE ARGUMENTS,FILE ARGUMENTS`, where",
        "a comma in a name is written twice",
      ],
      values: "file",
      config: { group: "machine", implied: "initrd", whole: true },
      apply: (line, value) => {
        line.kernel.initrd = value;
      },
    },
    {
      names: ["append"],
      argument: "TEXT",
      help: ["its command line"],
      config: { group: "machine", implied: "append", whole: true },
      apply: (line, value) => {
        line.kernel.append = value;
      },
    },
    {
      names: ["dtb"],
      argument: "FILE",
      help: ["accepted by QEMU for other machines: a PC has no device tree"],
      values: "file",
      apply: (_line, value, option) => {
        throw optionError(
          `${option} ${value}`,
          "a PC has no device tree: its kernels are told of the machine by ACPI tables",
        );
      },
    },
  ],
};
