// Accessibility, as far as a program can tell it.

import { findViolations } from './axe.mjs';

export const name =
  'no screen and no state breaks a rule of WCAG 2.2 AA or of good practice, in both themes, at 390 and 1280 px';
export const advice =
  'each line names the rule, the element and the reason: https://dequeuniversity.com/rules/axe explains it; mend the component, never the list of rules';

export function looker() {
  return {
    async at({ page }, say) {
      for (const violation of await findViolations(page)) say(violation);
    },
  };
}
