// Edits in words: what was changed, how it stands, why it was not done, who may.

import { catalog, counted } from './speech.svelte';

export const editWords = catalog(
  {
    ticked: (task: string) => `Ticked “${task}”`,
    cleared: (task: string) => `Cleared “${task}”`,
    newText: 'New text',
    newSpec: (title: string) => `New spec “${title}”`,
    aChange: 'A change',
    askedBack: (machine: string) => `Asked ${machine} to take it back`,
    applied: (machine: string) => `Applied on ${machine}`,
    noAnswer: (machine: string) => `${machine} has not answered`,
    waits: (machine: string) => `Waits for ${machine}`,
    waitsUntil: (machine: string, until: string) => `Waits for ${machine}, until ${until}`,
    waitingFor: (machine: string) => `Waiting for ${machine}`,
    sending: 'Sending',
    rule: {
      known_value: 'LeanSpec does not know this value',
      draft_first: 'A draft becomes planned first',
      open_children: 'Some of its parts are still open',
      other: 'A rule of LeanSpec forbids it',
    },
    tasksOpen: 'Tasks are still open',
    openTasks: (count: number) =>
      count === 1 ? '1 task is still open' : `${count} tasks are still open`,
    notSent: 'Not sent',
    unknownEnd: (machine: string) => `Whether ${machine} did it is not known`,
    expired: (machine: string) => `${machine} did not come in time`,
    moved: 'The spec was moved',
    gone: 'The file is gone',
    before: 'The change before it was not done',
    changed: (machine: string) => `Changed on ${machine} since you looked`,
    refused: (machine: string) => `${machine} refused it`,
    failed: (machine: string) => `${machine} could not do it`,
    notTaken: 'The relay did not take it',
    safeToSend: (why: string) => `${why} Nothing is lost: sending again is safe.`,
    completeAnyway: 'Complete anyway',
    doAnyway: 'Do it anyway',
    under: (count: number) => `${counted(count, 'change')} under way`,
  },
  {
    ticked: (task) => `已勾选“${task}”`,
    cleared: (task) => `已取消勾选“${task}”`,
    newText: '新正文',
    newSpec: (title) => `新规格“${title}”`,
    aChange: '一项更改',
    askedBack: (machine) => `已请 ${machine} 撤回`,
    applied: (machine) => `已应用到 ${machine}`,
    noAnswer: (machine) => `${machine} 尚未答复`,
    waits: (machine) => `等待 ${machine}`,
    waitsUntil: (machine, until) => `等待 ${machine}，至 ${until} 为止`,
    waitingFor: (machine) => `正在等待 ${machine}`,
    sending: '正在发送',
    rule: {
      known_value: 'LeanSpec 不认识这个值',
      draft_first: '草稿须先改为计划中',
      open_children: '它的部分子规格尚未完成',
      other: 'LeanSpec 的规则不允许',
    },
    tasksOpen: '仍有未完成的任务',
    openTasks: (count) => `仍有 ${count} 项任务未完成`,
    notSent: '未发送',
    unknownEnd: (machine) => `不清楚 ${machine} 是否已执行`,
    expired: (machine) => `${machine} 未能及时上线`,
    moved: '规格已被移动',
    gone: '文件已不存在',
    before: '它之前的更改没有完成',
    changed: (machine) => `你查看之后，${machine} 上的文件已变动`,
    refused: (machine) => `${machine} 拒绝了它`,
    failed: (machine) => `${machine} 无法完成`,
    notTaken: '中继没有接受',
    safeToSend: (why) => `${why} 没有丢失任何内容：可以放心重新发送。`,
    completeAnyway: '仍然完成',
    doAnyway: '仍然执行',
    under: (count) => `${count} 项更改进行中`,
  },
);

export const mayWords = catalog(
  {
    viewKey: 'This key may only read. Sign in with one that may edit.',
    noProject: 'The relay does not hold this project any more.',
    readOnly: (why: string) => `Read-only. ${why}`,
    halted: (machine: string, why: string) => `${machine} has halted this project: ${why}`,
    seeBridge: 'see its bridge',
    kind: {
      frontmatter: 'changes to status, priority, tags and the like',
      tasks: 'ticking tasks',
      content: 'changes to the text',
      create: 'new specs',
    },
    notAllowed: (machine: string, what: string, word: string) =>
      `${machine} allows no ${what} from here. Its owner can add "${word}" to allow in the bridge’s configuration.`,
    uneditable: (line: number | null) =>
      `The block at the top of the file cannot be edited safely${line === null ? '' : ` (line ${line})`}. Repair it first; see the problem below.`,
    waits: (machine: string, presence: string) =>
      `${machine} is ${presence}. Changes wait at the relay until it is back, at most 7 days.`,
  },
  {
    viewKey: '此密钥只能读取。请用可编辑的密钥登录。',
    noProject: '中继已不再保存此项目。',
    readOnly: (why) => `只读。${why}`,
    halted: (machine, why) => `${machine} 已暂停此项目。${why}`,
    seeBridge: '详见其桥接程序。',
    kind: {
      frontmatter: '修改状态、优先级、标签等',
      tasks: '勾选任务',
      content: '修改正文',
      create: '新建规格',
    },
    notAllowed: (machine, what, word) =>
      `${machine} 不允许从这里${what}。机器的主人可以在桥接程序配置的 allow 中加入 "${word}"。`,
    uneditable: (line) =>
      `文件开头的元数据块无法安全编辑${line === null ? '' : `（第 ${line} 行）`}。请先修复，见下方的问题。`,
    waits: (machine, presence) => `${machine} ${presence}。更改会在中继等待它回来，最多 7 天。`,
  },
);
