// Words about the page itself.

import { catalog } from './speech.svelte';

export const appVersionWords = catalog(
  { ready: 'A new version of this page is ready.', reload: 'Reload', later: 'Later' },
  { ready: '此页面的新版本已就绪。', reload: '重新加载', later: '稍后' },
);
