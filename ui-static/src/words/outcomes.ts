// Why a machine did not make a change, by the words of the wire: its `reason`, and the `rule` of
// LeanSpec that stood against it.

import { catalog } from './speech.svelte';

export const outcomeWords = catalog(
  {
    reason: {
      changed: 'The file was changed since you saw it. Nothing was overwritten.',
      gone: 'There is no such file on the machine any more. Nothing was changed.',
      predecessor:
        'The change that this one stands on was not made, so this one was not made either.',
      rule: 'A rule of LeanSpec forbids it. Nothing was changed.',
      not_allowed:
        'The machine’s owner does not allow this kind of change. It is allowed by a word in allow, in the configuration of the bridge there.',
      read_only: 'This project is read-only on its machine. Nothing was changed.',
      unsupported: 'The bridge of that machine is too old to know this kind of change. Update it.',
      invalid: 'The change is not what it should be. Nothing was changed.',
      not_editable:
        'The block at the top of the file cannot be edited safely. Nothing was changed: mend the file on its machine, then try again.',
      no_such_task:
        'The file holds no such task, or several. Nothing was changed: open the newest version and try again.',
      template: 'The project’s template cannot be used. No spec was made.',
      bad_name: 'This cannot be a spec’s name, or it stands for another place.',
      special_file: 'This is no ordinary text file, so it is not changed from elsewhere.',
      too_large: 'The result would be larger than a file that is sent. Nothing was changed.',
      unknown_project: 'The machine has no such project any more. Nothing was changed.',
      halted:
        'The project is halted on its machine: its files cannot be trusted now. Nothing was changed; see leanspec-bridge status there, then try again.',
      busy: 'The file could not be written for a minute: another program held it. Try again.',
      disk: 'The file could not be written. It is as it was.',
      late: 'The machine did not come to it in time. Nothing was changed; make the change again if it is still wanted.',
      forgotten: 'The machine or project was forgotten. Nothing was changed.',
    },
    forgottenUnknown:
      'The machine or project was forgotten; whether the machine still did this is not known.',
    atLine: (line: number) => ` (line ${line})`,
    rule: {
      known_value: 'LeanSpec does not know this value: use one that it knows.',
      draft_first:
        'A draft becomes planned before it is in progress or complete: set it to planned first.',
      open_tasks: 'Tick what is done, or complete it anyway.',
      open_children: 'Finish or archive its parts first, or complete it anyway.',
    },
  },
  {
    reason: {
      changed: '你查看之后文件有了变动。没有覆盖任何内容。',
      gone: '那台机器上已没有这个文件。没有做任何更改。',
      predecessor: '它所依据的那项更改没有完成，所以这一项也没有执行。',
      rule: 'LeanSpec 的规则不允许这样做。没有做任何更改。',
      not_allowed:
        '机器的主人不允许这类更改。若要允许，请在那里的桥接程序配置中，把相应的词加入 allow。',
      read_only: '此项目在它的机器上是只读的。没有做任何更改。',
      unsupported: '那台机器的桥接程序太旧，不认识这类更改。请更新它。',
      invalid: '更改的内容不合要求。没有做任何更改。',
      not_editable:
        '文件开头的元数据块无法安全编辑。没有做任何更改：请在机器上修好文件，然后重试。',
      no_such_task:
        '文件中没有这项任务，或有几项相同的任务。没有做任何更改：请打开最新版本，然后重试。',
      template: '项目的模板无法使用。没有新建规格。',
      bad_name: '这个名称不能用作规格的名称，或者指向了别处。',
      special_file: '这不是普通的文本文件，所以不能从别处更改。',
      too_large: '更改后的文件会超过可发送的大小。没有做任何更改。',
      unknown_project: '那台机器上已没有这个项目。没有做任何更改。',
      halted:
        '项目在它的机器上已暂停：目前无法确信其文件。没有做任何更改；请在那里查看 leanspec-bridge status，然后重试。',
      busy: '文件有一分钟无法写入：其他程序占用着它。请重试。',
      disk: '文件无法写入，保持原样。',
      late: '机器没有及时处理。没有做任何更改；若仍需要，请重新更改。',
      forgotten: '机器或项目已被移除。没有做任何更改。',
    },
    forgottenUnknown: '机器或项目已被移除；不清楚机器是否仍执行了这项更改。',
    atLine: (line) => `（第 ${line} 行）`,
    rule: {
      known_value: 'LeanSpec 不认识这个值：请使用它认识的值。',
      draft_first: '草稿须先改为“计划中”，然后才能进行或完成。',
      open_tasks: '请先勾选已完成的任务，或选择仍然完成。',
      open_children: '请先完成或归档它的子规格，或选择仍然完成。',
    },
  },
);
