// What LeanSpec calls the parts of a spec.

import { catalog } from './speech.svelte';

export const specWords = catalog(
  {
    status: {
      draft: 'Draft',
      planned: 'Planned',
      'in-progress': 'In progress',
      complete: 'Complete',
      archived: 'Archived',
      other: 'Other',
    },
    noStatus: 'No status',
    noSpecs: 'No specs',
    priority: { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' },
    withPriority: (priority: string) => `${priority.toLowerCase()} priority`,
    noPriority: 'No priority',
    field: {
      status: 'Status',
      priority: 'Priority',
      tags: 'Tags',
      assignee: 'Assignee',
      depends_on: 'Depends on',
      parent: 'Part of',
    },
    none: 'none',
  },
  {
    status: {
      draft: '草稿',
      planned: '计划中',
      'in-progress': '进行中',
      complete: '已完成',
      archived: '已归档',
      other: '其他',
    },
    noStatus: '无状态',
    noSpecs: '没有规格',
    priority: { low: '低', medium: '中', high: '高', critical: '紧急' },
    withPriority: (priority) => `优先级：${priority}`,
    noPriority: '无优先级',
    field: {
      status: '状态',
      priority: '优先级',
      tags: '标签',
      assignee: '负责人',
      depends_on: '依赖',
      parent: '属于',
    },
    none: '无',
  },
);
