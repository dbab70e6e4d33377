// What git says of a project.

import { catalog } from './speech.svelte';

export const gitWords = catalog(
  {
    ahead: (count: number) => `${count} ahead`,
    behind: (count: number) => `${count} behind`,
    uncommitted: (count: number) => `${count} uncommitted`,
    noBranch: 'no branch',
    noGit: 'no git',
  },
  {
    ahead: (count) => `领先 ${count}`,
    behind: (count) => `落后 ${count}`,
    uncommitted: (count) => `${count} 个未提交`,
    noBranch: '无分支',
    noGit: '未用 git',
  },
);
