// What the browser's own look into the way to a relay says.

import { catalog } from './speech.svelte';

export const doctorWords = catalog(
  {
    page: {
      tried: 'Opening this page',
      secure: (scheme: string) => `by ${scheme}, which the browser calls secure`,
      insecure: 'not by a secure way',
      cause: 'Anybody on the way can read and change it.',
      advice: 'Put TLS in front of the relay, or open the page on the relay’s own computer.',
    },
    reach: {
      tried: (host: string) => `Calling ${host}`,
      result: (ms: number) => `a relay answers after ${ms} ms`,
      advice:
        'Check the address and the network; on a public network open its sign-in page first. A firewall may ask for the relay’s host to be allowed.',
    },
    key: {
      tried: 'Showing this browser’s key',
      result: (scope: string) => `it is valid and may ${scope}`,
      scope: { view: 'read', edit: 'read and edit', admin: 'do everything' },
      advice: 'Sign in again with a new link.',
    },
    clock: {
      tried: 'Comparing the clocks',
      near: (seconds: number) => `they differ by ${seconds} s`,
      cause: 'This device’s clock or the relay’s is wrong.',
      advice:
        'Let the device set its time by itself: certificates and the order of events depend on it. Ages on this page are right all the same.',
    },
    latency: {
      tried: 'Five calls, one after the other',
      result: (median: number, slowest: number) =>
        `${median} ms at the median, ${slowest} ms at most`,
      slow: 'The way is long or busy.',
      slowAdvice: 'Nothing: it works, a little later.',
    },
    down: {
      tried: (size: string) => `Fetching ${size}`,
      result: (speed: string) => speed,
      short: (came: string) => `only ${came} came`,
      cause: 'Something on the way changes or cuts what comes.',
      advice: 'Ask for answers of the relay’s host to be passed on unchanged.',
    },
    up: {
      tried: (size: string) => `Sending ${size}`,
      result: (speed: string) => speed,
      short: (came: string) => `only ${came} arrived`,
      cause: 'Something on the way changes or limits what is sent.',
      advice: 'Ask for bodies of this size to be allowed to the relay’s host.',
    },
    http: {
      tried: 'Asking which HTTP is spoken',
      result: (here: string, there: string) => `${here} here, ${there} at the relay`,
      hidden: 'not told to this page',
      via: (names: string) => `through ${names}`,
      old: 'One connection for each stream: many open tabs may have to wait.',
      oldAdvice: 'Nothing: tabs share one stream. HTTP/2 needs TLS in front of the relay.',
    },
    stream: {
      tried: (count: number) => `Reading a stream of ${count} events`,
      singly: (ms: number) => `events come singly, the first after ${ms} ms`,
      held: 'nothing came while it went on',
      lumps: 'events come in lumps',
      behind: 'each event comes with the next',
      late: 'events come late',
      cut: (count: number, planned: number) => `it ended after ${count} of ${planned} events`,
      cause:
        'A box on the way collects bytes before it passes them on: a scanner, a compressing proxy.',
      advice:
        'Nothing: the page polls instead. To have streams, ask for text/event-stream from the relay’s host not to be buffered.',
    },
    poll: {
      tried: 'The way without streams (long-poll)',
      works: (ms: number) => `answered after ${ms} ms`,
      fails: 'no answer came',
      cause: 'Something on the way ends calls that take a few seconds.',
      advice: 'Ask for a time-out of at least 30 s to the relay’s host.',
    },
    store: {
      tried: 'Keeping things in this browser',
      result: (used: string) => `works, ${used} in use`,
      none: 'not possible',
      cause: 'A private window, or storage is switched off.',
      advice: 'Sign-in and what was seen last a page’s life only. Use an ordinary window.',
    },
    reachedNothing: 'not tried, since the relay was not reached',
    speed: (megabits: string) => `${megabits} Mbit/s`,
  },
  {
    page: {
      tried: '打开本页面',
      secure: (scheme) => `通过 ${scheme}，浏览器视为安全`,
      insecure: '不是通过安全的方式',
      cause: '途中的任何人都能读取和篡改。',
      advice: '在中继前面启用 TLS，或在中继所在的电脑上打开本页面。',
    },
    reach: {
      tried: (host) => `呼叫 ${host}`,
      result: (ms) => `中继在 ${ms} 毫秒后答复`,
      advice: '请检查地址和网络；在公共网络上请先打开其登录页。防火墙可能需要放行中继的主机。',
    },
    key: {
      tried: '出示此浏览器的密钥',
      result: (scope) => `有效，可以${scope}`,
      scope: { view: '读取', edit: '读取和编辑', admin: '执行一切操作' },
      advice: '请用新的链接重新登录。',
    },
    clock: {
      tried: '比对时钟',
      near: (seconds) => `相差 ${seconds} 秒`,
      cause: '此设备或中继的时钟不准。',
      advice: '请让设备自动校时：证书和事件顺序都依赖它。本页面显示的时间不受影响。',
    },
    latency: {
      tried: '连续呼叫五次',
      result: (median, slowest) => `中位数 ${median} 毫秒，最慢 ${slowest} 毫秒`,
      slow: '线路较远或繁忙。',
      slowAdvice: '无需处理：可以使用，只是稍慢。',
    },
    down: {
      tried: (size) => `下载 ${size}`,
      result: (speed) => speed,
      short: (came) => `只收到 ${came}`,
      cause: '途中有设备改动或截断了内容。',
      advice: '请要求原样放行来自中继主机的答复。',
    },
    up: {
      tried: (size) => `上传 ${size}`,
      result: (speed) => speed,
      short: (came) => `只送达 ${came}`,
      cause: '途中有设备改动或限制了上传的内容。',
      advice: '请要求放行发往中继主机的这种大小的请求。',
    },
    http: {
      tried: '查看所用的 HTTP 版本',
      result: (here, there) => `此处 ${here}，中继处 ${there}`,
      hidden: '未告知本页面',
      via: (names) => `经由 ${names}`,
      old: '每个数据流占用一个连接：打开很多标签页时可能需要等待。',
      oldAdvice: '无需处理：各标签页共用一个数据流。HTTP/2 需要在中继前面启用 TLS。',
    },
    stream: {
      tried: (count) => `读取含 ${count} 个事件的数据流`,
      singly: (ms) => `事件逐个到达，第一个在 ${ms} 毫秒后`,
      held: '进行期间什么也没有收到',
      lumps: '事件成批到达',
      behind: '每个事件都随下一个才到',
      late: '事件迟到',
      cut: (count, planned) => `在 ${planned} 个事件中的第 ${count} 个之后中断`,
      cause: '途中有设备先攒数据再转发：内容扫描器或压缩代理。',
      advice:
        '无需处理：页面会改用轮询。若想使用数据流，请要求不要缓冲来自中继主机的 text/event-stream。',
    },
    poll: {
      tried: '不用数据流的方式（长轮询）',
      works: (ms) => `${ms} 毫秒后答复`,
      fails: '没有答复',
      cause: '途中有设备会终止耗时数秒的请求。',
      advice: '请要求到中继主机的超时至少为 30 秒。',
    },
    store: {
      tried: '在此浏览器中保存',
      result: (used) => `可用，已占用 ${used}`,
      none: '不可用',
      cause: '隐私窗口，或存储已被关闭。',
      advice: '登录状态和看过的内容只在页面打开期间有效。请使用普通窗口。',
    },
    reachedNothing: '因未能连上中继而未检查',
    speed: (megabits) => `${megabits} Mbit/s`,
  },
);
