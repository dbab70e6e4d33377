// Words of the ways between the screens.

import { catalog, counted } from './speech.svelte';

export const navWords = catalog(
  {
    main: 'Main',
    rail: 'Machines and projects',
    machines: 'Machines',
    specs: 'Specs',
    activity: 'Activity',
    inbox: 'Inbox',
    settings: 'Settings',
    find: 'Find or do something',
    need: (count: number) => `${counted(count, 'edit')} ${count === 1 ? 'needs' : 'need'} you`,
  },
  {
    main: '主导航',
    rail: '机器与项目',
    machines: '机器',
    specs: '规格',
    activity: '动态',
    inbox: '收件箱',
    settings: '设置',
    find: '查找或执行',
    need: (count) => `${count} 项更改需要你处理`,
  },
);
