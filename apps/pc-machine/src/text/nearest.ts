/** "Did you mean": the word of a list that a mistyped one is nearest to. */

/** Number of letters that may be wrong in a word: one in three, and one in a short word. */
const LETTERS_PER_MISTAKE = 3;
/** A beginning of this length stands for the word that it begins. */
const LEAST_BEGINNING = 3;

/** The word of `words` that `typed` probably stands for, `null` when it is like none. */
export function nearest(typed: string, words: Iterable<string>): string | null {
  const wanted = typed.toLowerCase();
  const most = Math.max(1, Math.floor(wanted.length / LETTERS_PER_MISTAKE));
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const word of words) {
    const distance = distanceTo(wanted, word.toLowerCase());
    // One letter for another is no mistake in a word of two: it is another word.
    if (distance <= most && distance < Math.max(wanted.length - 1, 1) && distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean X?`, or nothing. */
export function didYouMean(typed: string, words: Iterable<string>, prefix = ""): string {
  const found = nearest(typed, words);
  return found === null ? "" : `; did you mean ${prefix}${found}?`;
}

/** Number of letters that were left out, added, replaced or swapped with their neighbour. */
function distanceTo(typed: string, word: string): number {
  if (typed.length >= LEAST_BEGINNING && word.startsWith(typed)) return word === typed ? 0 : 0.5;
  let beforeLast: number[] = [];
  let last = Array.from({ length: word.length + 1 }, (_unused, column) => column);
  for (let row = 1; row <= typed.length; row++) {
    const current = [row];
    for (let column = 1; column <= word.length; column++) {
      const same = typed[row - 1] === word[column - 1];
      const swapped =
        row > 1 &&
        column > 1 &&
        typed[row - 1] === word[column - 2] &&
        typed[row - 2] === word[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[word.length] ?? Infinity;
}
