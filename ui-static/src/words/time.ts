// Moments and ages in words.

import { catalog, type Language, speech } from './speech.svelte';

export const timeWords = catalog(
  {
    justNow: 'just now',
    minutes: (count: number) => `${count} min ago`,
    hours: (count: number) => `${count} h ago`,
    yesterday: 'yesterday',
    days: (count: number) => `${count} days ago`,
    now: 'now',
    live: 'live',
    notKnown: 'not known now',
    neverSeen: 'never seen',
    inactiveSince: (day: string) => `inactive since ${day}`,
    offlineSeen: (ago: string) => `offline, seen ${ago}`,
  },
  {
    justNow: '刚刚',
    minutes: (count) => `${count} 分钟前`,
    hours: (count) => `${count} 小时前`,
    yesterday: '昨天',
    days: (count) => `${count} 天前`,
    now: '刚刚',
    live: '在线',
    notKnown: '暂时不明',
    neverSeen: '从未连接',
    inactiveSince: (day) => `自 ${day} 起未活动`,
    offlineSeen: (ago) => `离线，${ago}在线`,
  },
);

/** Which form of a language dates are written in: for English the one with the day first. */
const LOCALES: Record<Language, string> = { en: 'en-GB', 'zh-CN': 'zh-CN' };

/** Makes one formatter per language: to make one costs more than to use it a thousand times. */
function formatter(options: Intl.DateTimeFormatOptions): (moment: number) => string {
  const made = new Map<Language, Intl.DateTimeFormat>();
  return (moment) => {
    const { language } = speech;
    let format = made.get(language);
    if (!format) {
      format = new Intl.DateTimeFormat(LOCALES[language], options);
      made.set(language, format);
    }
    return format.format(moment);
  };
}

const dayThisYear = formatter({ day: 'numeric', month: 'short' });
const dayOtherYear = formatter({ day: 'numeric', month: 'short', year: 'numeric' });

/** The day of a moment (milliseconds since 1970); with the year where it is not that of `now`. */
export function dayWords(moment: number, now: number): string {
  const sameYear = new Date(moment).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayThisYear : dayOtherYear)(moment);
}

/** Day and time of day to the second, for a tooltip. */
export const exactWords = formatter({ dateStyle: 'full', timeStyle: 'medium' });
/** The time of day to the minute. */
export const clockWords = formatter({ timeStyle: 'short' });
/** Day with its year. */
export const fullDayWords = dayOtherYear;
