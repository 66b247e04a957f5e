/** Which devices a machine has, as its command line tells. */
export interface Traits {
  readonly serial: boolean;
  /** Has it a display adapter, whose monitor describes itself? */
  readonly display: boolean;
  /** First ports of the IDE channels that have a master. */
  readonly channels: readonly number[];
}

const CHANNELS = [0x1f0, 0x170] as const;

/** What a machine of these options has. */
export function traitsOf(args: readonly string[]): Traits {
  const places = args.flatMap((word) => {
    const [, index] = /(?:^|,)index=([0-3])(?:,|$)/.exec(word) ?? [];
    return index === undefined ? [] : [Number(index)];
  });
  if (args.includes("-hda")) places.push(0);
  if (args.includes("-hdc") || args.includes("-cdrom")) places.push(2);
  return {
    serial: args.includes("-serial"),
    display: args.some((word) => /^(secondary-)?vga(,|$)/i.test(word)),
    channels: CHANNELS.filter((_port, channel) => places.includes(2 * channel)),
  };
}
