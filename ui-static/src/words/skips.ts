// Why a file below the specs folder is not sent.

import { catalog } from './speech.svelte';

export const skipWords = catalog(
  {
    too_large: 'too large',
    binary: 'neither text nor an image',
    ignored: 'ignored by the configuration',
    link: 'a link, or no regular file',
    unreadable: 'cannot be read',
    bad_name: 'its name cannot be sent',
  },
  {
    too_large: '过大',
    binary: '既非文本也非图片',
    ignored: '被配置忽略',
    link: '链接，或不是普通文件',
    unreadable: '无法读取',
    bad_name: '名称无法传送',
  },
);

/** A reason of a newer bridge is told as the word it is. */
export function skipReason(reason: string): string {
  const known: Record<string, string> = skipWords();
  return known[reason] ?? reason;
}
