// What the mock relay shows when it is given no specs folder: two machines of one developer, a
// project that differs between them, a read-only one, a broken spec, and one of every status.

import { Store } from './store.mjs';

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_ALLOW = ['frontmatter', 'tasks'];

const SPECS = [
  ['001-reading-list', 'complete', 'high', ['core'], 'Reading list', 4, 4],
  [
    '002-import-bookmarks',
    'complete',
    'medium',
    ['import'],
    'Import bookmarks from a browser',
    3,
    3,
  ],
  ['003-full-text-search', 'complete', 'high', ['search', 'core'], 'Full-text search', 6, 6],
  [
    '004-offline-reader',
    'in-progress',
    'critical',
    ['reader', 'offline'],
    'Read saved pages offline',
    2,
    5,
  ],
  ['005-highlights', 'in-progress', 'medium', ['reader'], 'Highlights and margin notes', 1, 4],
  ['006-weekly-digest', 'planned', 'medium', ['mail'], 'A weekly digest by mail', 0, 3],
  ['007-share-a-list', 'planned', 'low', ['sharing'], 'Share a list by link', 0, 0],
  ['008-rate-limits', 'draft', 'low', ['api'], 'Limits for the public API', 0, 0],
  ['009-legacy-export', 'archived', 'low', ['export'], 'Export to the old format', 0, 2],
];

/** How they hang together, and what became of them when. */
const MORE = {
  '003-full-text-search': `depends_on: [001-reading-list]
transitions:
  - status: in-progress
    at: 2026-10-12T08:40:00Z
  - status: complete
    at: 2026-10-29T16:05:00Z
`,
  '004-offline-reader': `depends_on: [003-full-text-search, 011-service-worker]
parent: 001-reading-list
transitions:
  - status: planned
    at: 2026-10-20T09:00:00Z
  - status: in-progress
    at: 2026-11-09T13:30:00Z
`,
  '005-highlights': `depends_on: [004-offline-reader]
parent: 001-reading-list
`,
  '006-weekly-digest': `depends_on: [001-reading-list]
`,
  '007-share-a-list': `depends_on: [004, 008-rate-limits]
`,
  '008-rate-limits': `depends_on: [007-share-a-list]
`,
};

function text([name, status, priority, tags, title, done, total]) {
  const boxes = Array.from(
    { length: total },
    (_, n) => `- [${n < done ? 'x' : ' '}] Step ${n + 1} of the plan`,
  );
  return `---
status: ${status}
created: 2026-10-0${1 + (title.length % 8)}
priority: ${priority}
tags: [${tags.join(', ')}]
${MORE[name] ?? ''}---

# ${title}

> **Why**: people lose what they meant to read.

## Overview

A page that was saved stays readable: on the train, and after its site is gone. See
[the design](DESIGN.md) and [full-text search](../003-full-text-search/README.md).

| Case | Wanted | Today |
|---|---|---:|
| Saved page, no network | shown in 100 ms | 2,400 ms |
| Picture of 4 MB | placeholder first | blank |

\`\`\`typescript
export async function open(page: Page): Promise<Reader> {
  const saved = await store.get(page.id); // the newest copy
  return saved ? new Reader(saved) : fetchAndSave(page);
}
\`\`\`

## Plan

${boxes.join('\n')}
`;
}

const BROKEN = `---
status: planned
created: 2026-11-02
tags [search
---

# Synonyms in search

The block above has a typo, and the text is shown all the same.
`;

const DRAWN = `# How a search runs

\`\`\`mermaid
flowchart LR
  accTitle: From the field to the results
  Q[Words typed] --> T{Language known?}
  T -- yes --> S[Stemmed words]
  T -- no --> P[Words as they are]
  S --> I[(Index)]
  P --> I
  I --> R[Results, best first]
  click R "../001-reading-list/README.md"
\`\`\`

A word that is not in the index is looked up by its first letters.

\`\`\`mermaid
sequenceDiagram
  Reader->>Index: saved page
  Index-->>Reader: 12 words kept
  Reader->>Reader: shows it
\`\`\`

## What cannot be drawn

\`\`\`mermaid
flowchart LR
  A --> 
  ]]]
\`\`\`
`;

export function fixtureStore() {
  const store = new Store();
  const now = Date.now();
  const machine = (id, name, os, online, ageMs) => ({
    id,
    name,
    os,
    bridge_version: '0.1.0',
    online,
    last_seen: new Date(now - ageMs).toISOString(),
  });
  store.putMachine(machine('macbook', 'MacBook', 'macos', true, 0));
  store.putMachine(machine('desktop', 'Desktop', 'linux', false, 3 * DAY_MS));
  for (const owner of ['macbook', 'desktop']) {
    for (const spec of SPECS) {
      if (owner === 'desktop' && spec[0] > '007') continue;
      store.save(
        owner,
        'reader',
        spec[0],
        'README.md',
        Buffer.from(text(spec)),
        new Date(now - DAY_MS),
      );
    }
  }
  const older = ['004-offline-reader', 'planned', 'high', ['reader'], 'Read pages offline', 0, 4];
  store.save(
    'desktop',
    'reader',
    older[0],
    'README.md',
    Buffer.from(text(older)),
    new Date(now - 5 * DAY_MS),
  );
  store.save(
    'macbook',
    'reader',
    '004-offline-reader',
    'DESIGN.md',
    Buffer.from('# Design\n\nA cache in front of the reader.\n'),
  );
  store.save('macbook', 'reader', '003-full-text-search', 'SEARCH.md', Buffer.from(DRAWN));
  store.save('macbook', 'reader', '010-synonyms', 'README.md', Buffer.from(BROKEN));
  addProjects(store, 'reader', 'reading-list');
  store.save('macbook', 'handbook', '001-style', 'README.md', Buffer.from(text(SPECS[5])));
  const { git, skipped, ...shown } = store.projects.get('macbook/reader');
  store.putProject({
    ...shown,
    id: 'handbook',
    key: 'handbook',
    name: 'handbook',
    allow: [],
    read_only_code: 'allows_nothing',
    read_only: 'The owner of this machine set allow = [] for it in the bridge’s configuration.',
  });
  return store;
}

/** The project of both machines, one commit apart. */
export function addProjects(store, id, name) {
  const project = (machine, commit, more) => ({
    machine,
    id,
    key: `github.com/example/${name}`,
    root_label: name,
    name,
    specs_dir: 'specs',
    rev: 1,
    state_hash: '0'.repeat(64),
    state: 'live',
    allow: machine === 'macbook' ? ['frontmatter', 'tasks', 'content', 'create'] : DEFAULT_ALLOW,
    sealed: false,
    skipped: [],
    git: { branch: 'main', commit, dirty: [], ahead: 0, behind: 0 },
    ...more,
  });
  store.putProject(
    project('macbook', '4f0c9d21e7a35b8c6d', {
      git: {
        branch: 'feat/offline',
        commit: '4f0c9d21e7a35b8c6d',
        dirty: ['004-offline-reader/README.md'],
        ahead: 1,
        behind: 0,
      },
      skipped: [{ path: '005-highlights/demo.mov', reason: 'too_large' }],
    }),
  );
  store.putProject(project('desktop', '81b2ee07c4d9ab3350'));
}
