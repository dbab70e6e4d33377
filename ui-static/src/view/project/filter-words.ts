// A filter's value in words.

import { type FilterName, NONE } from '../../state/listing';
import { type Status, statusName, STATUSES } from '../../state/spec-facts';
import { listWords } from '../../words/list';

/** The value as people say it: "In progress", "High", "Nobody", "30 days or more". */
export function filterValue(name: FilterName, value: string): string {
  const words = listWords();
  switch (name) {
    case 'status':
      return statusName(STATUSES.find((status) => status === value) ?? ('other' as Status));
    case 'stale':
      return words.orMore(Number(value));
    case 'priority':
      if (value !== NONE) {
        return words.priority[value as keyof typeof words.priority] ?? value;
      }
  }
  return value === NONE ? words.without[name] : value;
}
