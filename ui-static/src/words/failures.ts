// What went wrong between page and relay, by its code, in languages other than that of the relay's
// own sentences.

import { type Language, speech } from './speech.svelte';

type Sentences = Record<string, string>;

const sentences: Partial<Record<Language, Sentences>> = {
  'zh-CN': {
    unreachable:
      '中继没有答复。请检查地址、中继是否在运行，以及它是否允许本页面（--allow-origin）。',
    not_a_relay: '有答复，但不是来自中继。请检查地址；在公共网络上请先打开其登录页。',
    malformed: '中继的答复无法读取。请重新载入页面；若仍如此，则页面与中继的版本不一致。',
    key_missing: '没有密钥。请登录。',
    key_unknown: '中继不认识此密钥。请重新登录。',
    key_revoked: '此密钥已被吊销。请重新登录。',
    code_invalid: '此登录码已用过、过期或不存在。',
    scope_insufficient: '此密钥无权这样做。',
    not_found: '这里什么也没有。',
    idempotency_mismatch: '此编号已用于另一项更改。',
    command_ended: '此更改已经结束。',
    not_rebasable: '此更改无法应用到较新的版本。',
    too_large: '超过了中继接受的大小。',
    path_invalid: '不允许使用此路径。',
    quota_exceeded: '超过了中继保存的上限。',
    upgrade_required: '页面与中继的版本相差过大。',
    too_many_requests: '一次请求过多，请稍候。',
    internal: '中继出错了。',
    storage_full: '中继的磁盘已满。',
    unavailable: '中继暂时无法答复。',
  },
};

/** A failure for people: by its code where we have a sentence, else as it was said. */
export function failureWords(code: string, said: string): string {
  return sentences[speech.language]?.[code] ?? said;
}
