import { afterEach, describe, expect, test } from 'vitest';

import { lockedWhy } from '../../src/state/editing/may';
import { wordsOf } from '../../src/state/failure-words';
import { outcomeSaying, problemSaying } from '../../src/state/saying';
import { RelayFailure } from '../../src/wire/failure';
import type { Project } from '../../src/wire/types';
import { speech } from '../../src/words/speech.svelte';
import { machine } from '../wire/fake-relay';
import { project } from './samples';

const SAID = 'The disk is full (os error 28).';

afterEach(() => {
  speech.language = 'en';
});

describe('in English', () => {
  test('the machine’s own sentence is what is said', () => {
    expect(outcomeSaying({ reason: 'disk', message: SAID })).toEqual({ text: SAID, quote: '' });
    const problem = { code: 'missing_field', message: '`status` is missing' };
    expect(problemSaying(problem)).toEqual({ text: '`status` is missing', quote: '' });
  });

  test('a machine that says nothing is spoken for', () => {
    expect(outcomeSaying({ reason: 'late' }).text).toMatch(/^The machine did not come/);
  });

  test('the line is named, once', () => {
    expect(outcomeSaying({ reason: 'not_editable', line: 3 }).text).toMatch(
      /safely \(line 3\)\. N/,
    );
  });
});

describe('in Chinese', () => {
  test('what the wire has a word for is said without a word of English', () => {
    speech.language = 'zh-CN';
    const { text, quote } = outcomeSaying({ reason: 'changed', message: 'It was changed.' });
    expect(text).toBe('你查看之后文件有了变动。没有覆盖任何内容。');
    expect(quote).toBe('');
    const rule = outcomeSaying({ reason: 'rule', rule: 'draft_first', message: 'A draft…' });
    expect(rule).toEqual({ text: '草稿须先改为“计划中”，然后才能进行或完成。', quote: '' });
    expect(outcomeSaying({ reason: 'forgotten', outcome_unknown: true }).text).toContain('不清楚');
  });

  test('what only the machine knows is quoted beside it', () => {
    speech.language = 'zh-CN';
    const disk = outcomeSaying({ reason: 'disk', message: SAID });
    expect(disk).toEqual({ text: '文件无法写入，保持原样。', quote: SAID });
    expect(outcomeSaying({ reason: 'not_editable', line: 3 }).text).toContain('编辑（第 3 行）。');
    expect(problemSaying({ code: 'malformed_yaml', message: 'x' }).quote).toBe('x');
    expect(problemSaying({ code: 'empty', message: 'x' }).quote).toBe('');
  });

  test('a project that is read-only or halted says why, with a quotation where a word is missing', () => {
    speech.language = 'zh-CN';
    const why = (of: object) =>
      lockedWhy({
        scope: 'edit',
        machine: machine('m1', { name: 'MacBook' }),
        project: project('p1', of) as Project,
        away: false,
        savedAt: null,
        now: 0,
      });
    expect(why({ read_only: 'config.json says so' })).toBe('只读。原话：“config.json says so”');
    expect(why({ state: 'halted', state_reason: 'It is gone.' })).toBe(
      'MacBook 已暂停此项目。原话：“It is gone.”',
    );
    const missing = { state_code: 'many_missing', state_reason: '3 files of 4 missing' };
    expect(why({ state: 'halted', ...missing })).toContain('大量文件不见了');
    expect(why({ state: 'halted', ...missing })).not.toContain('3 files');
    const switched = { read_only_code: 'leanspec', read_only: 'a.json says security.readonly' };
    expect(why(switched)).toMatch(/只读。LeanSpec 自己.*“a.json says security.readonly”/);
    expect(why({ state: 'halted' })).toBe('MacBook 已暂停此项目。详见其桥接程序。');
  });

  test.each([
    ['quota_exceeded', '超过了中继保存的上限。'],
    ['http_502', '中继答复了 502，'],
    ['of_a_newer_relay', '原话：“It said this.”'],
  ])('a call that failed with %s', (code, words) => {
    speech.language = 'zh-CN';
    expect(wordsOf(new RelayFailure('problem', 'It said this.', code))).toContain(words);
  });

  test('the browser’s own errors are quoted, those of the page are not', () => {
    speech.language = 'zh-CN';
    expect(wordsOf(new TypeError('Load failed'))).toBe('原话：“Load failed”');
    expect(wordsOf(new Error('请登录'))).toBe('请登录');
  });
});

test.each(['en', 'zh-CN'] as const)(
  'what nothing is known of is quoted, in %s as well',
  (language) => {
    speech.language = language;
    const newer = outcomeSaying({ reason: 'moon', message: 'The moon is full.' });
    expect(newer).toEqual({ text: '', quote: 'The moon is full.' });
    expect(problemSaying({ code: 'haunted', message: 'boo' })).toEqual({ text: '', quote: 'boo' });
  },
);
