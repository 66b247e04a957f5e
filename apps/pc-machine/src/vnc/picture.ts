/** The picture that clients see, and which parts of it each has not seen yet. */

/** Side of the squares in which changes are counted. */
export const TILE = 16;
/** A picture smaller than this is none: the guest has not set a mode yet. */
const SMALLEST = 16;
const LARGEST = 0x7fff;
const EMPTY_WIDTH = 640;
const EMPTY_HEIGHT = 480;

/** A part of the picture, in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Lines of a screen that changed; `ScreenUpdate` of the display adapter is one. */
export interface ChangedLines {
  readonly width: number;
  readonly height: number;
  readonly firstLine: number;
  /** Four bytes a pixel: red, green, blue, and one without meaning. */
  readonly pixels: Uint8ClampedArray;
}

/** Told which squares of a picture have changed. */
export interface ChangeListener {
  /** The picture has another size: all of it is new. */
  resized(): void;
  /** The square in this column and row has changed. */
  changed(column: number, row: number): void;
}

/** The picture, as colours. Before there is one it is black. */
export class Picture {
  width = EMPTY_WIDTH;
  height = EMPTY_HEIGHT;
  /** Colours as 0xrrggbb, line by line. */
  colours = new Uint32Array(EMPTY_WIDTH * EMPTY_HEIGHT);

  /** Take over what has changed, and tell of what differs. */
  apply({ width, height, firstLine, pixels }: ChangedLines, listener: ChangeListener): void {
    if (width < SMALLEST || height < SMALLEST || width > LARGEST || height > LARGEST) return;
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.colours = new Uint32Array(width * height);
      listener.resized();
    }
    const { colours } = this;
    const lines = Math.min(height - firstLine, Math.floor(pixels.length / (4 * width)));
    let from = 0;
    let to = firstLine * width;
    for (let line = firstLine; line < firstLine + lines; line++) {
      const row = Math.floor(line / TILE);
      for (let x = 0; x < width; x += TILE) {
        const end = to + Math.min(TILE, width - x);
        let differs = false;
        for (; to < end; to++, from += 4) {
          const colour =
            ((pixels[from] ?? 0) << 16) | ((pixels[from + 1] ?? 0) << 8) | (pixels[from + 2] ?? 0);
          if (colours[to] !== colour) {
            colours[to] = colour;
            differs = true;
          }
        }
        if (differs) listener.changed(x / TILE, row);
      }
    }
  }
}

/** Squares of a picture that somebody has not seen. */
export class Damage {
  #columns = 0;
  #rows = 0;
  #tiles = new Uint8Array(0);

  /** A picture of another size: all of it is unseen. */
  resize(width: number, height: number): void {
    this.#columns = Math.ceil(width / TILE);
    this.#rows = Math.ceil(height / TILE);
    this.#tiles = new Uint8Array(this.#columns * this.#rows).fill(1);
  }

  /** The square in this column and row is unseen. */
  mark(column: number, row: number): void {
    if (column < this.#columns) this.#tiles[row * this.#columns + column] = 1;
  }

  /** All that `area` touches is unseen. */
  markArea(area: Rectangle): void {
    this.#each(area, (at) => {
      this.#tiles[at] = 1;
    });
  }

  /** The unseen parts of `area`, which count as seen now. A square on its edge comes as a whole, cut to `bounds`. */
  take(area: Rectangle, bounds: { readonly width: number; readonly height: number }): Rectangle[] {
    const found: { x: number; y: number; width: number; height: number }[] = [];
    // Rectangles that end at the row above, by the column where they begin.
    let above = new Map<number, { x: number; y: number; width: number; height: number }>();
    let current = new Map<number, { x: number; y: number; width: number; height: number }>();
    let row = -1;
    let open: { x: number; y: number; width: number; height: number } | null = null;
    const close = (): void => {
      if (open === null) return;
      const upper = above.get(open.x);
      if (upper !== undefined && upper.width === open.width) {
        upper.height += open.height;
        current.set(open.x, upper);
      } else {
        found.push(open);
        current.set(open.x, open);
      }
      open = null;
    };
    this.#each(area, (at, tileColumn, tileRow) => {
      if (tileRow !== row) {
        close();
        above = current;
        current = new Map();
        row = tileRow;
      }
      if (this.#tiles[at] === 0) {
        close();
        return;
      }
      this.#tiles[at] = 0;
      const x = tileColumn * TILE;
      const y = tileRow * TILE;
      const width = Math.min(TILE, bounds.width - x);
      const height = Math.min(TILE, bounds.height - y);
      if (width <= 0 || height <= 0) return;
      if (open === null) open = { x, y, width, height };
      else open.width += width;
    });
    close();
    return found;
  }

  #each(
    { x, y, width, height }: Rectangle,
    visit: (at: number, column: number, row: number) => void,
  ): void {
    if (width <= 0 || height <= 0) return;
    const lastColumn = Math.min(this.#columns, Math.ceil((x + width) / TILE));
    const lastRow = Math.min(this.#rows, Math.ceil((y + height) / TILE));
    for (let row = Math.floor(y / TILE); row < lastRow; row++) {
      for (let column = Math.floor(x / TILE); column < lastColumn; column++) {
        visit(row * this.#columns + column, column, row);
      }
    }
  }
}
