// Words about the way to the relay, and about what this device shows while that is closed.

import { catalog } from './speech.svelte';

export const linkWords = catalog(
  {
    keyRefused: 'The relay does not accept this browser’s key.',
    signInAgain: 'Sign in again',
    noConnection: (host: string) => `No connection to ${host}.`,
    showingSaved: (age: string) => `Showing what this device saved ${age}. Editing is off.`,
    showingHeard: (age: string) => `Showing what it said ${age}.`,
    retry: 'Retry now',
    connecting: (host: string) => `Connecting to ${host}…`,
    reconnecting: (host: string) => `Reconnecting to ${host}…`,
    savedEditsOff: (age: string) =>
      `This is what this device saved ${age}. Editing is off until the relay answers.`,
    saved: (age: string) => `saved ${age}`,
    notSaved: (age: string) => `is not in what this device saved ${age}.`,
    notLoaded: 'This screen could not be loaded',
    goneThen: 'The connection was gone when it was asked for.',
    loadAgain: 'Load the page again',
  },
  {
    keyRefused: '中继不接受此浏览器的密钥。',
    signInAgain: '重新登录',
    noConnection: (host: string) => `无法连接 ${host}。`,
    showingSaved: (age: string) => `正在显示本设备保存的内容（${age}）。暂不能编辑。`,
    showingHeard: (age: string) => `正在显示它最后提供的内容（${age}）。`,
    retry: '立即重试',
    connecting: (host: string) => `正在连接 ${host}…`,
    reconnecting: (host: string) => `正在重新连接 ${host}…`,
    savedEditsOff: (age: string) => `这是本设备保存的内容（${age}）。中继恢复应答后才能编辑。`,
    saved: (age: string) => `保存于 ${age}`,
    notSaved: (age: string) => `不在本设备保存的内容中（${age}）。`,
    notLoaded: '无法载入此页面',
    goneThen: '请求时连接已中断。',
    loadAgain: '重新载入页面',
  },
);
