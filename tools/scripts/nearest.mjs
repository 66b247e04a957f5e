/**
 * The name among `names` that `word` was meant to be, or undefined where none is near: the one that
 * begins with it, or what takes the fewest letters that are wrong, missing, too many, or in the order
 * of their neighbours, at most a third of the word's, or two.
 */
export function nearest(word, names) {
  const begun = word.length < 3 ? [] : names.filter((name) => name.startsWith(word));
  if (begun.length === 1) return begun[0];
  const most = Math.max(2, Math.floor(word.length / 3));
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(word, name) }))
    .filter(({ name, distance }) => distance <= most && distance < name.length)
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

function distanceOf(a, b) {
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? before[j - 2] + 1 : Infinity;
      row.push(Math.min(change, last[j] + 1, row[j - 1] + 1, swap));
    }
    before = last;
    last = row;
  }
  return last[b.length];
}
