// "Did you mean": the accepted word nearest to a mistyped one, by edit distance.

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
};

/** The word that is at most a third of its length away, `undefined` when none is. */
export const nearest = (word: string, accepted: readonly string[]): string | undefined => {
  const [best] = accepted
    .map((candidate) => ({
      candidate,
      away: candidate.startsWith(word) && word.length > 1 ? 0 : distance(word, candidate),
    }))
    .filter(({ candidate, away }) => away <= Math.ceil(candidate.length / 3))
    .toSorted((a, b) => a.away - b.away);
  return best?.candidate;
};
