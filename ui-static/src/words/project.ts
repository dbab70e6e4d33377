// Words of a project's page.

import { catalog } from './speech.svelte';

export const projectWords = catalog(
  {
    views: 'Views',
    view: { list: 'List', board: 'Board', graph: 'Graph', stats: 'Stats', activity: 'Activity' },
  },
  {
    views: '视图',
    view: { list: '列表', board: '看板', graph: '关系图', stats: '统计', activity: '动态' },
  },
);
