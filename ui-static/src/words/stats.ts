// Words of a project's figures.

import { catalog, counted, speech } from './speech.svelte';

export const statsWords = catalog(
  {
    none: 'No specs, no figures. They are made of status, priority, tags, dates and transitions of the specs.',
    asOf: (age: string) => `As of ${age}. The machine may have moved on since.`,
    status: 'Status',
    priority: 'Priority',
    tags: 'Tags',
    assignees: 'Assignees',
    noPriority: 'No priority',
    noAssignee: 'Nobody',
    otherStatus: 'Other words',
    noTags: 'No spec has a tag.',
    noAssignees: 'No spec names who works on it (“assignee:”).',
    topOf: (shown: number, all: number) => `The ${shown} most frequent of ${all}`,
    burnUp: 'Burn-up',
    burnUpOf: (total: number, done: number, day: string) =>
      `${counted(total, 'spec')}, ${done} of them complete on ${day}`,
    burnUpNone:
      'Nothing says when specs began. “created” or “created_at” is enough; LeanSpec writes it for new specs.',
    burnUpKnown: (known: number, of: number) => `${known} of ${of} specs say when they began.`,
    endsKnown: (known: number, of: number) =>
      `${known} of ${of} complete or archived ones say when they were done.`,
    total: 'All',
    done: 'Complete',
    day: 'Day',
    cycle: 'Cycle time',
    cycleNone:
      'Nothing says how long a spec took. LeanSpec writes “transitions” and “completed_at” when a status changes.',
    fromPlanned: 'Created → complete',
    fromStarted: 'In progress → complete',
    median: 'Median',
    p85: '85 %',
    p85More: '85 of 100 took no longer',
    saidBy: 'Told by',
    ofComplete: (known: number, of: number) => `${known} of ${of} complete`,
    strip: (name: string) => `Each mark is one spec: ${name}, in days`,
    table: 'As a table',
    share: 'Share of specs',
    days: (days: number) =>
      days < 1
        ? 'under a day'
        : `${new Intl.NumberFormat('en', { maximumFractionDigits: days < 10 ? 1 : 0 }).format(days)} ${days === 1 ? 'day' : 'days'}`,
    shortest: 'Shortest',
    longest: 'Longest',
    working: 'In progress for',
    workingNone: 'Nothing is in progress.',
    unsaid: (count: number) => `${counted(count, 'spec')} in progress without saying since when`,
    stale: 'Untouched work',
    staleLead: (days: number) => `Open, and not changed for ${days} days or more`,
    staleNone: (days: number) => `Every open spec was changed within ${days} days.`,
    staleAll: (count: number) => `Show all ${count} in the list`,
    tokens: 'Tokens per spec',
    tokensLead:
      'An estimate: size of the main file divided by four. LeanSpec counts exactly, and asks to split a spec above 5,000.',
    bands: (index: number) =>
      ['below 2,000', '2,000 – 3,500', '3,500 – 5,000', 'above 5,000'][index] ?? '',
    largest: 'The largest',
    tokensSum: (tokens: string) => `About ${tokens} tokens in all main files`,
    specs: (count: number) => counted(count, 'spec'),
  },
  {
    none: '没有规格，也就没有统计。统计来自规格的状态、优先级、标签、日期和状态变迁。',
    asOf: (age) => `数据截至${age}。那台机器上可能已有变化。`,
    status: '状态',
    priority: '优先级',
    tags: '标签',
    assignees: '负责人',
    noPriority: '无优先级',
    noAssignee: '无人',
    otherStatus: '其他',
    noTags: '没有规格带有标签。',
    noAssignees: '没有规格写明负责人（“assignee:”）。',
    topOf: (shown, all) => `共 ${all} 个，显示最常见的 ${shown} 个`,
    burnUp: '燃起图',
    burnUpOf: (total, done, day) => `${day}：共 ${total} 个规格，已完成 ${done} 个`,
    burnUpNone: '没有规格写明何时开始。有“created”或“created_at”即可；LeanSpec 会为新规格写入。',
    burnUpKnown: (known, of) => `${of} 个规格中有 ${known} 个写明了开始时间。`,
    endsKnown: (known, of) => `${of} 个已完成或归档的规格中有 ${known} 个写明了完成时间。`,
    total: '全部',
    done: '已完成',
    day: '日期',
    cycle: '周期时间',
    cycleNone:
      '没有规格写明用了多长时间。状态改变时，LeanSpec 会写入“transitions”和“completed_at”。',
    fromPlanned: '创建 → 完成',
    fromStarted: '进行中 → 完成',
    median: '中位数',
    p85: '85 %',
    p85More: '85 % 的规格不超过此时间',
    saidBy: '依据',
    ofComplete: (known, of) => `${of} 个已完成中的 ${known} 个`,
    strip: (name) => `每个标记是一个规格：${name}，单位为天`,
    table: '以表格显示',
    share: '规格占比',
    days: (days) =>
      days < 1
        ? '不到一天'
        : `${new Intl.NumberFormat('zh-CN', { maximumFractionDigits: days < 10 ? 1 : 0 }).format(days)} 天`,
    shortest: '最短',
    longest: '最长',
    working: '进行中已有',
    workingNone: '没有进行中的规格。',
    unsaid: (count) => `${count} 个进行中的规格未写明何时开始`,
    stale: '久未改动',
    staleLead: (days) => `未完成，且 ${days} 天以上没有改动`,
    staleNone: (days) => `所有未完成的规格在 ${days} 天内都有改动。`,
    staleAll: (count) => `在列表中显示全部 ${count} 个`,
    tokens: '每个规格的词元',
    tokensLead: '估计值：主文件大小除以四。LeanSpec 会精确计数，超过 5,000 时建议拆分。',
    bands: (index) => ['2,000 以下', '2,000 – 3,500', '3,500 – 5,000', '5,000 以上'][index] ?? '',
    largest: '最大的',
    tokensSum: (tokens) => `所有主文件约 ${tokens} 个词元`,
    specs: (count) => `${count} 个规格`,
  },
);

/** A number with its thousands apart. */
export function grouped(value: number): string {
  return new Intl.NumberFormat(speech.language).format(value);
}
