// Why a machine holds a project back, by the words of the wire: why it is halted, and why nobody may
// change anything of it from elsewhere. In English the machine says it itself, and better: it names
// the folder and the command.

import { catalog } from './speech.svelte';

export const holdWords = catalog(
  {
    halt: {
      folder_missing: 'Its specs folder is missing.',
      folder_unreadable: 'Its specs folder cannot be read.',
      other_device: 'Another device stands where its specs folder was, and lacks files.',
      many_missing: 'Many of its files are missing.',
      git_busy: 'Many of its files are missing while git is in the middle of something.',
      too_many_files: 'It has more files than a project may have.',
      unlisted: 'The bridge of this machine does not list it any more.',
    },
    readOnly: {
      leanspec: 'LeanSpec’s own configuration says security.readonly.',
      allows_nothing: 'The machine’s owner allows no changes from elsewhere: allow = [].',
    },
  },
  {
    halt: {
      folder_missing:
        '规格文件夹不见了：请在那台机器上恢复它；若确实不再需要，请在那里运行 leanspec-bridge accept-deletes。',
      folder_unreadable: '规格文件夹无法读取：请在那台机器上让运行桥接程序的用户可以读取它。',
      other_device:
        '规格文件夹的位置上现在是另一个设备，而且缺少文件：请挂载正确的设备；若确实如此，请在那里运行 leanspec-bridge accept-deletes。',
      many_missing:
        '大量文件不见了：请在那台机器上恢复它们；若确实已删除，请在那里运行 leanspec-bridge accept-deletes。',
      git_busy:
        '大量文件不见了，而 git 的操作尚未结束：请在那台机器上完成它（见 git status）；若确实已删除，请在那里运行 leanspec-bridge accept-deletes。',
      too_many_files:
        '文件数量超过一个项目的上限：请在那台机器的桥接程序配置中，用 ignore 写明哪些不是规格。',
      unlisted: '那台机器的桥接程序不再列出此项目：请在那里重新添加，或在此处移除它。',
    },
    readOnly: {
      leanspec: 'LeanSpec 自己的配置中设置了 security.readonly。',
      allows_nothing: '机器的主人不允许从别处更改（桥接程序配置中的 allow = []）。',
    },
  },
);
