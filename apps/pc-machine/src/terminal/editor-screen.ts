/** The terminal that lines are edited on. */
export interface EditorScreen {
  write(text: string): void;
  /** Characters in a row; `undefined` when it is not known. */
  readonly columns?: number | undefined;
}
