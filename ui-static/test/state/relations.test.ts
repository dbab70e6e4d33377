import { expect, test } from 'vitest';

import { cycleThrough, relationsOf, SpecNames } from '../../src/state/relations';
import { spec } from './samples';

const login = spec('001-login', { number: 1, depends_on: ['003', 'nowhere', '003'] });
const mail = spec('work/002-mail', { number: 2, depends_on: ['001-login'], parent: '1' });
const keys = spec('003-keys', { number: 3, parent: 'gone' });
const all = [login, mail, keys];
const names = new SpecNames(all);

test('a spec is found by its path, its folder’s name and its number', () => {
  expect(names.find('work/002-mail')).toBe(mail);
  expect(names.find('002-mail')).toBe(mail);
  expect(names.find(' 2 ')).toBe(mail);
  expect(names.find('0002')).toBe(mail);
  expect(names.find('004')).toBeNull();
});

test('what depends on a spec and what is part of it is worked out from the others', () => {
  const { parent, dependsOn, requiredBy, children } = relationsOf(login, all, names);
  expect(parent).toBeNull();
  expect(dependsOn).toEqual([
    { name: '003', spec: keys },
    { name: 'nowhere', spec: null },
  ]);
  expect(requiredBy).toEqual([mail]);
  expect(children).toEqual([mail]);
  expect(relationsOf(keys, all, names).parent).toEqual({ name: 'gone', spec: null });
});

test('a spec that waits for itself over others is told the way', () => {
  const round = [
    spec('a', { depends_on: ['b', 'c'] }),
    spec('b', { depends_on: ['c'] }),
    spec('c', { depends_on: ['b', 'a'] }),
    spec('d', { depends_on: ['b'] }),
  ];
  const known = new SpecNames(round);
  expect(cycleThrough(round[0]!, known)).toEqual(['a', 'b', 'c', 'a']);
  // It leads into a loop, and is no part of it.
  expect(cycleThrough(round[3]!, known)).toBeNull();
  const self = spec('e', { depends_on: ['e'] });
  expect(cycleThrough(self, new SpecNames([self]))).toEqual(['e', 'e']);
});
