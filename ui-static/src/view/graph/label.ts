// A title cut to what fits into a box of SVG, which cuts no text itself. Pure.

/** Signs that are as wide as two letters: Chinese, Japanese, Korean, and most pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{1ffff}]/u;

/** The text, ended by an ellipsis where it is wider than so many letters. */
export function cut(text: string, letters: number): string {
  const plain = text.replaceAll('`', '');
  let width = 0;
  let kept = '';
  for (const sign of plain) {
    width += WIDE.test(sign) ? 2 : 1;
    if (width > letters) return `${kept.trimEnd()}…`;
    if (width <= letters - 1) kept += sign;
  }
  return plain;
}
