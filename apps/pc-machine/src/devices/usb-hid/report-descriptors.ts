/**
 * Report descriptors: what the bits of a report mean (Device Class Definition for Human Interface
 * Devices 1.11, section 6.2.2).
 */

/** Items with their numbers, as short items of one or two bytes. */
const Item = {
  INPUT: 0x81,
  OUTPUT: 0x91,
  COLLECTION: 0xa1,
  END: 0xc0,
  PAGE: 0x05,
  LOGICAL_LEAST: 0x15,
  LOGICAL_MOST: 0x25,
  LOGICAL_MOST_WORD: 0x26,
  PHYSICAL_LEAST: 0x35,
  PHYSICAL_MOST: 0x45,
  PHYSICAL_MOST_WORD: 0x46,
  SIZE: 0x75,
  COUNT: 0x95,
  USAGE: 0x09,
  USAGE_LEAST: 0x19,
  USAGE_MOST: 0x29,
} as const;
const Page = { DESKTOP: 1, KEYBOARD: 7, LEDS: 8, BUTTONS: 9 } as const;
const Usage = { POINTER: 1, MOUSE: 2, KEYBOARD: 6, X: 0x30, Y: 0x31, WHEEL: 0x38 } as const;
const Collection = { PHYSICAL: 0, APPLICATION: 1 } as const;
/** Main items' kinds: one of an array, a constant, a value, a difference. */
const Kind = { ARRAY: 0, CONSTANT: 1, VALUE: 2, DIFFERENCE: 6 } as const;
const MINUS_127 = 0x81;

/** Five buttons, and three bits of nothing. */
const BUTTONS = [
  ...[Item.PAGE, Page.BUTTONS, Item.USAGE_LEAST, 1, Item.USAGE_MOST, 5],
  ...[Item.LOGICAL_LEAST, 0, Item.LOGICAL_MOST, 1],
  ...[Item.COUNT, 5, Item.SIZE, 1, Item.INPUT, Kind.VALUE],
  ...[Item.COUNT, 1, Item.SIZE, 3, Item.INPUT, Kind.CONSTANT],
];

const pointer = (contents: readonly number[]): readonly number[] => [
  ...[Item.PAGE, Page.DESKTOP, Item.USAGE, Usage.MOUSE, Item.COLLECTION, Collection.APPLICATION],
  ...[Item.USAGE, Usage.POINTER, Item.COLLECTION, Collection.PHYSICAL],
  ...BUTTONS,
  ...[Item.PAGE, Page.DESKTOP, ...contents],
  ...[Item.END, Item.END],
];

/** Buttons, then x, y and the wheel as differences of a byte each. */
export const MOUSE_REPORT: readonly number[] = pointer([
  ...[Item.USAGE, Usage.X, Item.USAGE, Usage.Y, Item.USAGE, Usage.WHEEL],
  ...[Item.LOGICAL_LEAST, MINUS_127, Item.LOGICAL_MOST, 0x7f],
  ...[Item.SIZE, 8, Item.COUNT, 3, Item.INPUT, Kind.DIFFERENCE],
]);

/** Buttons, then x and y as places of two bytes each, then the wheel. */
export const TABLET_REPORT: readonly number[] = pointer([
  ...[Item.USAGE, Usage.X, Item.USAGE, Usage.Y],
  ...[Item.LOGICAL_LEAST, 0, Item.LOGICAL_MOST_WORD, 0xff, 0x7f],
  ...[Item.PHYSICAL_LEAST, 0, Item.PHYSICAL_MOST_WORD, 0xff, 0x7f],
  ...[Item.SIZE, 16, Item.COUNT, 2, Item.INPUT, Kind.VALUE],
  ...[Item.USAGE, Usage.WHEEL, Item.LOGICAL_LEAST, MINUS_127, Item.LOGICAL_MOST, 0x7f],
  ...[Item.PHYSICAL_LEAST, 0, Item.PHYSICAL_MOST, 0],
  ...[Item.SIZE, 8, Item.COUNT, 1, Item.INPUT, Kind.DIFFERENCE],
]);

/** Modifiers as bits, a byte of nothing, six keys; to the keyboard, five lights. */
export const KEYBOARD_REPORT: readonly number[] = [
  ...[Item.PAGE, Page.DESKTOP, Item.USAGE, Usage.KEYBOARD],
  ...[Item.COLLECTION, Collection.APPLICATION],
  ...[Item.SIZE, 1, Item.COUNT, 8, Item.PAGE, Page.KEYBOARD],
  ...[Item.USAGE_LEAST, 0xe0, Item.USAGE_MOST, 0xe7],
  ...[Item.LOGICAL_LEAST, 0, Item.LOGICAL_MOST, 1, Item.INPUT, Kind.VALUE],
  ...[Item.COUNT, 1, Item.SIZE, 8, Item.INPUT, Kind.CONSTANT],
  ...[Item.COUNT, 5, Item.SIZE, 1, Item.PAGE, Page.LEDS],
  ...[Item.USAGE_LEAST, 1, Item.USAGE_MOST, 5, Item.OUTPUT, Kind.VALUE],
  ...[Item.COUNT, 1, Item.SIZE, 3, Item.OUTPUT, Kind.CONSTANT],
  ...[Item.COUNT, 6, Item.SIZE, 8, Item.LOGICAL_LEAST, 0, Item.LOGICAL_MOST_WORD, 0xff, 0],
  ...[Item.PAGE, Page.KEYBOARD, Item.USAGE_LEAST, 0, Item.USAGE_MOST, 0xff],
  ...[Item.INPUT, Kind.ARRAY],
  Item.END,
];
