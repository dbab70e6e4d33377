// Every catalog of words there is, by the file that holds it.

type Catalog = () => Record<string, unknown>;
type Spoken = (...of: unknown[]) => unknown;

const modules = import.meta.glob('../../src/words/*.ts', { eager: true });

/** The functions whose names end in `Words` and that take nothing: what `catalog` makes. */
export const catalogs: [string, Catalog][] = Object.entries(modules).flatMap(([file, module]) =>
  Object.entries(module as Record<string, unknown>)
    .filter(([name, value]) => /Words$/.test(name) && isCatalog(value))
    .map(([name, value]): [string, Catalog] => [
      `${file.split('/').at(-1)} ${name}`,
      value as Catalog,
    ]),
);

function isCatalog(value: unknown): boolean {
  return typeof value === 'function' && value.length === 0 && typeof value() === 'object';
}

/** What is said for each name, down through the groups; functions are given the same things to say. */
export function sentences(words: unknown, path = ''): [string, string][] {
  if (typeof words === 'string') return [[path, words]];
  if (typeof words === 'function') return [[path, String(spoken(words as Spoken))]];
  return Object.entries(words as object).flatMap(([name, inner]) =>
    sentences(inner, path ? `${path}.${name}` : name),
  );
}

/** Numbers where a function counts, texts where it names. */
function spoken(words: Spoken): unknown {
  const given = (thing: unknown) => Array.from({ length: Math.max(words.length, 1) }, () => thing);
  try {
    return words(...given(2));
  } catch {
    return words(...given('X'));
  }
}
