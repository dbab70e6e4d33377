// Words of the board.

import { catalog, counted } from './speech.svelte';

export const boardWords = catalog(
  {
    columns: 'Columns',
    specs: (count: number) => counted(count, 'spec'),
    moveTo: 'Move to',
    move: (title: string) => `Move “${title}” to another column`,
    card: 'Enter opens it, M moves it to another column.',
    notApplied: 'Not applied',
    underWay: 'A change is under way.',
    show: (column: string) => `Show ${column}`,
    fold: (column: string) => `Fold ${column}`,
    none: 'None here.',
    dropHere: 'Move a card here to give it this status.',
    keys: {
      down: 'Next card',
      up: 'Card before',
      left: 'Card in the column to the left',
      right: 'Card in the column to the right',
      moveLeft: 'Move the card one column to the left',
      moveRight: 'Move the card one column to the right',
      menu: 'Move the card to a column',
      priority: 'Change its priority',
      tags: 'Change its tags',
    },
  },
  {
    columns: '各列',
    specs: (count) => `${count} 个规格`,
    moveTo: '移动到',
    move: (title) => `把“${title}”移动到另一列`,
    card: '按 Enter 打开，按 M 移动到另一列。',
    notApplied: '未生效',
    underWay: '正在修改。',
    show: (column) => `展开${column}`,
    fold: (column) => `收起${column}`,
    none: '此列为空。',
    dropHere: '把卡片移到这里即可设为此状态。',
    keys: {
      down: '下一张卡片',
      up: '上一张卡片',
      left: '左边一列的卡片',
      right: '右边一列的卡片',
      moveLeft: '把卡片向左移一列',
      moveRight: '把卡片向右移一列',
      menu: '把卡片移动到某一列',
      priority: '修改优先级',
      tags: '修改标签',
    },
  },
);
