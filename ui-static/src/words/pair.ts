// Words of signing in.

import { catalog } from './speech.svelte';

export const pairWords = catalog(
  {
    title: 'Sign in',
    heading: 'Your specs, as they are on your machines',
    lead: 'Open a sign-in link, or give the address of your relay and a key. Both stay in this browser; the key goes to that relay and nowhere else.',
    address: 'Relay, or a sign-in link',
    key: 'Key',
    hint: { before: 'On the relay’s host, ', between: ' prints a link, and ', after: ' a key.' },
    asking: (host: string) => `Asking ${host}…`,
    signIn: 'Sign in',
    back: 'Back to your machines',
    bridgeKey:
      'This key is for a bridge and cannot read. Make one for a person: leanspec-relay key create --scope edit',
    newLink: 'For a new link, run “leanspec-relay link” on the relay’s host.',
    bothNeeded: 'Paste the key too, or a whole sign-in link in place of the address.',
    notSignedIn: {
      heading: 'You are not signed in at this relay',
      lead: (relay: string) =>
        `This address belongs to ${relay}, which this browser has no key for. Nothing was sent to it.`,
      there: 'Sign in there',
      own: 'Go to your own relay',
    },
    noPage: 'There is no such page',
    allMachines: 'All machines',
  },
  {
    title: '登录',
    heading: '你的规格，与机器上的文件一致',
    lead: '打开登录链接，或输入中继的地址和密钥。两者都保存在此浏览器中；密钥只会发给该中继，不会发往别处。',
    address: '中继地址或登录链接',
    key: '密钥',
    hint: { before: '在中继的主机上，', between: ' 会打印登录链接，', after: ' 会打印密钥。' },
    asking: (host) => `正在询问 ${host}…`,
    signIn: '登录',
    back: '返回你的机器',
    bridgeKey:
      '此密钥属于桥接程序，不能读取。请为人创建一个：leanspec-relay key create --scope edit',
    newLink: '要获取新链接，请在中继的主机上运行 “leanspec-relay link”。',
    bothNeeded: '请同时粘贴密钥，或在地址处粘贴完整的登录链接。',
    notSignedIn: {
      heading: '你尚未登录此中继',
      lead: (relay) => `此地址属于 ${relay}，此浏览器没有它的密钥。没有向它发送任何内容。`,
      there: '在那里登录',
      own: '前往你自己的中继',
    },
    noPage: '没有这个页面',
    allMachines: '所有机器',
  },
);
