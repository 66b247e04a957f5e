/** One stop of the Tab key for a list of buttons; arrow keys, Home and End move within. */
export function moveFocus(event: KeyboardEvent, list: HTMLElement): void {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (at < 0) return;
  const next = targetOf(event.key, at, buttons.length);
  if (next === null) return;
  event.preventDefault();
  for (const button of buttons) button.tabIndex = -1;
  const button = buttons[next];
  if (button === undefined) return;
  button.tabIndex = 0;
  button.focus();
}

/** Index to which a key moves from `at` among `count`; `null` where it is none of these keys. */
export function targetOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
      return Math.min(count - 1, at + 1);
    case "ArrowUp":
    case "ArrowLeft":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
