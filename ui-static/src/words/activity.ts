// Words of what happened: lists of activity, and their days.

import { catalog, counted, speech } from './speech.svelte';

export const activityWords = catalog(
  {
    title: 'Activity',
    titleOf: (name: string) => `Activity of ${name}`,
    lead: 'What was done through this relay, and what this page saw being saved since it was opened.',
    none: 'Nothing was done through this relay yet. Changes made here, or on another device, are listed with who asked for them and what the machine made of it.',
    noneMatch: 'Nothing of this kind is in the list.',
    showAll: 'Show everything',
    fetching: 'Asking the relay…',
    failed: 'The list could not be fetched.',
    again: 'Try again',
    older: 'Show older ones',
    endOfList: 'This is all the relay keeps.',
    asOf: (age: string) => `Fetched ${age}. Newer ones come when the relay is back.`,
    filter: 'Filter',
    all: 'All',
    everyMachine: 'All machines',
    end: {
      done: 'Done',
      conflict: 'Conflict',
      failed: 'Not done',
      withdrawn: 'Taken back',
      saved: 'Saved there',
    },
    state: {
      applied: 'done',
      conflict: 'conflict',
      refused: 'refused',
      failed: 'failed',
      expired: 'came too late',
      withdrawn: 'taken back',
      overtaken: 'done, then overtaken',
    },
    ticked: 'Ticked',
    cleared: 'Cleared',
    task: 'A task',
    text: 'Text',
    lines: (added: number, removed: number) => `+${added} −${removed} lines`,
    created: 'New spec',
    change: 'A change',
    fields: 'Metadata',
    saved: (count: number) => (count === 1 ? 'Saved' : `${count} specs saved`),
    gone: (count: number) => (count === 1 ? 'Gone' : `${count} specs gone`),
    onDisk: 'on its disk',
    by: (who: string) => `by ${who}`,
    from: 'was',
    more: (count: number) => `and ${count} more`,
    today: 'Today',
    yesterday: 'Yesterday',
    events: (count: number) => counted(count, 'entry', 'entries'),
    lately: 'Last events',
    allOf: (name: string) => `All activity of ${name}`,
    allActivity: 'All activity',
  },
  {
    title: '动态',
    titleOf: (name) => `${name} 的动态`,
    lead: '通过此中继完成的更改，以及本页面打开以来看到的保存。',
    none: '还没有任何更改经过此中继。在这里或其他设备上所做的更改会列在这里：谁提出，机器如何处理。',
    noneMatch: '列表中没有这类条目。',
    showAll: '显示全部',
    fetching: '正在询问中继…',
    failed: '无法取得列表。',
    again: '重试',
    older: '显示更早的',
    endOfList: '中继保存的全部内容到此为止。',
    asOf: (age) => `取得于${age}。中继恢复连接后会补上更新的条目。`,
    filter: '筛选',
    all: '全部',
    everyMachine: '所有机器',
    end: {
      done: '已完成',
      conflict: '冲突',
      failed: '未完成',
      withdrawn: '已撤回',
      saved: '在机器上保存',
    },
    state: {
      applied: '已完成',
      conflict: '冲突',
      refused: '被拒绝',
      failed: '失败',
      expired: '已过期',
      withdrawn: '已撤回',
      overtaken: '已完成，随后被覆盖',
    },
    ticked: '勾选',
    cleared: '取消勾选',
    task: '一项任务',
    text: '正文',
    lines: (added, removed) => `+${added} −${removed} 行`,
    created: '新规格',
    change: '一项更改',
    fields: '元数据',
    saved: (count) => (count === 1 ? '已保存' : `保存了 ${count} 个规格`),
    gone: (count) => (count === 1 ? '已消失' : `${count} 个规格已消失`),
    onDisk: '在其磁盘上',
    by: (who) => `来自 ${who}`,
    from: '原为',
    more: (count) => `另有 ${count} 个`,
    today: '今天',
    yesterday: '昨天',
    events: (count) => `${count} 条`,
    lately: '最近的动态',
    allOf: (name) => `${name} 的全部动态`,
    allActivity: '全部动态',
  },
);

const locale = () => (speech.language === 'zh-CN' ? 'zh-CN' : 'en-GB');

/** "14:02", where the reader is. */
export function timeOfDay(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** "Today", "Yesterday", "Thursday, 12 November", with the year where it is another one. */
export function dayHeading(at: number, now: number): string {
  const date = new Date(at);
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - date.setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return activityWords().today;
  if (days === 1) return activityWords().yesterday;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}
