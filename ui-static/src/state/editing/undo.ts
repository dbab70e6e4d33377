// The edit that takes an applied one back. Pure.

import type { Edit as Change, Fields } from '../../wire/types';
import { changedFrom } from './chain';
import type { Edit } from './edit';
import { withBox } from './overlay';

/**
 * What takes an applied edit back, or null where nothing can: a new spec stays. `textBefore` is the
 * text that a changed text replaced, where this page still has it.
 */
export function inverse(edit: Edit, textBefore: string | null): Change | null {
  const { change, command } = edit;
  switch (change.type) {
    case 'update_frontmatter': {
      const fields: Fields = {};
      for (const field of Object.keys(change.fields)) {
        const told = changedFrom(command?.outcome?.changes, field);
        const from = told === undefined ? change.seen?.[field] : told;
        if (from === undefined) return null;
        fields[field] = from;
      }
      return { type: 'update_frontmatter', spec: change.spec, fields, seen: change.fields };
    }
    case 'toggle_task': {
      const seen_line = withBox(change.seen_line, change.checked);
      if (seen_line === null) return null;
      return { ...change, seen_line, checked: !change.checked };
    }
    case 'update_content':
      return textBefore === null ? null : { ...change, content: textBefore };
    case 'create_spec':
      return null;
  }
}
