// Where the shape of a status is kept in the drawn graph: once for all nodes that show it.

import type { Status } from '../../state/spec-facts';

export const glyphId = (status: Status): string => `graph-${status}`;
