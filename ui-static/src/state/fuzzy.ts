// Finding by a few letters of a name. The only importer of uFuzzy.

import uFuzzy from '@leeoniya/ufuzzy';

/** Words and digits of any script; letters of one term may lie apart by one. */
const matcher = new uFuzzy({
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: '\\p{Ll}\\p{Lu}',
  intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
  intraIns: 1,
});
/** Up to so many matches are put in order of quality; more than that is still being typed. */
const RANKED_MAX = 3000;

/** Indices of the texts that match, the best first; words may stand in any order. */
export function found(texts: string[], query: string): number[] {
  const wanted = query.trim();
  if (wanted === '') return [];
  const [indices, info, order] = matcher.search(texts, wanted, 1, RANKED_MAX);
  if (indices === null) return [];
  if (!info || !order) return [...indices];
  return order.map((at) => info.idx[at] ?? -1).filter((index) => index >= 0);
}
