// What went wrong between page and relay, by its code, in languages other than that of the relay's
// own sentences.

import { ownWords } from './own-words';
import { type Language, speech } from './speech.svelte';

export type Sentences = Readonly<Record<string, string>>;

export const failureSentences: Partial<Record<Language, Sentences>> = {
  'zh-CN': {
    unreachable:
      '中继没有答复。请检查地址、中继是否在运行，以及它是否允许本页面（--allow-origin）。',
    not_a_relay: '有答复，但不是来自中继。请检查地址；在公共网络上请先打开其登录页。',
    malformed: '中继的答复无法读取。请重新载入页面；若仍如此，则页面与中继的版本不一致。',
    key_missing: '没有密钥。请登录。',
    key_unknown: '中继不认识此密钥。请重新登录。',
    key_revoked: '此密钥已被吊销。请重新登录。',
    code_invalid: '此登录码已用过、过期或不存在。请用 leanspec-relay link 生成新的链接。',
    scope_insufficient: '此密钥无权这样做。',
    machine_mismatch: '此密钥属于另一台机器。',
    not_found: '中继上没有这项内容。它可能已被移除。',
    method_not_allowed: '此地址不接受这种请求。页面与中继的版本可能不一致。',
    machine_taken: '另一台电脑已代表这台机器。',
    superseded: '这台机器的较新进程已经接管。',
    resync: '中继保存的是另一个版本。',
    body_malformed: '中继无法读取请求的内容。页面与中继的版本可能不一致。',
    parameter_invalid: '地址中的参数无效。',
    idempotency_mismatch: '此编号已用于另一项更改。',
    command_ended: '此更改已经结束。',
    result_differs: '此更改已有另一个结果。',
    not_delivered: '此更改尚未送达机器。',
    not_rebasable: '此更改无法应用到较新的版本。请打开较新的版本，在那里更改。',
    too_large: '超过了中继接受的大小。',
    media_type_unsupported: '此请求须用另一种格式。页面与中继的版本可能不一致。',
    encoding_unsupported: '中继不认识这种压缩方式。',
    dictionary_unknown: '中继没有解压所需的字典。',
    path_invalid: '不允许使用此路径。',
    hash_mismatch: '内容与其校验值不符。',
    quota_exceeded: '超过了中继保存的上限。请撤回一些等待中的更改，或等机器回来。',
    upgrade_required: '桥接程序与中继的版本相差过大。请更新较旧的一方。',
    too_many_requests: '一次请求过多，请稍候。',
    internal: '中继出错了，其日志说明了原因。请重试。',
    storage_full: '中继的磁盘已满。仍可读取；请稍后重试。',
    unavailable: '中继暂时无法答复。请重试。',
  },
};

/** An answer of a relay that gave no code of its own: `http_502`. */
const STATUS_ONLY = /^http_(\d{3})$/;

/** A failure for people: by its code where we have a sentence, else as it was said. */
export function failureWords(code: string, said: string): string {
  if (speech.language === 'en') return said;
  const status = STATUS_ONLY.exec(code)?.[1];
  if (status !== undefined) return `中继答复了 ${status}，没有说明原因。`;
  return failureSentences[speech.language]?.[code] ?? ownWords().inline(said);
}
