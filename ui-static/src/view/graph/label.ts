// A title broken into lines that fit into a box of SVG, which breaks and cuts no text itself. Pure.

/** Signs that are as wide as two letters: Chinese, Japanese, Korean, and most pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{1ffff}]/u;

const widthOf = (sign: string): number => (WIDE.test(sign) ? 2 : 1);

/** The text, ended by an ellipsis where it is wider than so many letters. */
export function cut(text: string, letters: number): string {
  const plain = text.replaceAll('`', '');
  let width = 0;
  let kept = '';
  for (const sign of plain) {
    width += widthOf(sign);
    if (width > letters) return `${kept.trimEnd()}…`;
    if (width <= letters - 1) kept += sign;
  }
  return plain;
}

/** The text in two lines of so many letters, broken between words where there are any. */
export function twoLines(text: string, first: number, second: number): [string, string] {
  const plain = text.replaceAll('`', '').trim();
  let width = 0;
  let end = 0;
  let here = 0;
  for (const sign of plain) {
    width += widthOf(sign);
    if (width > first) {
      if (sign === ' ' || end === 0) end = here;
      return [plain.slice(0, end).trimEnd(), cut(plain.slice(end).trimStart(), second)];
    }
    here += sign.length;
    if (sign === ' ' || sign === '-' || WIDE.test(sign)) end = here;
  }
  return [plain, ''];
}
