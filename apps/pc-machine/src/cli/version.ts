/** The name the program gives itself in messages. */
export const NAME = "mem-pc";

/** The version of the PC, as `-version` and `info version` tell it. */
export const VERSION = "0.1.0";
