import { describe, expect, test } from 'vitest';

import {
  centred,
  fitted,
  pinch,
  SCALE_MAX,
  showing,
  tiles,
  zoomed,
} from '../../src/view/graph/camera';
import { drawingOf, firstOf } from '../../src/view/graph/drawing';
import { cut, twoLines } from '../../src/view/graph/label';
import { boxesOf, linesOf } from '../../src/view/graph/lines';

const WINDOW = { width: 800, height: 600 };

describe('the camera', () => {
  test('coming closer keeps what is under the pointer', () => {
    const before = { x: 10, y: 20, scale: 1 };
    const after = zoomed(before, 1.5, 300, 200);
    const planeX = (camera: typeof before) => (300 - camera.x) / camera.scale;
    expect(planeX(after)).toBeCloseTo(planeX(before));
    expect(zoomed(before, 1e9, 0, 0).scale).toBe(SCALE_MAX);
  });

  test('all of a plane stands in the middle, and a small one is not blown up', () => {
    expect(fitted({ width: 100, height: 100 }, WINDOW)).toEqual({ x: 350, y: 250, scale: 1 });
    const wide = fitted({ width: 7520, height: 10 }, WINDOW);
    expect(wide.scale).toBeCloseTo(0.1);
    expect(fitted({ width: 0, height: 0 }, WINDOW).scale).toBe(1);
  });

  test('moves just so far that a node is seen, and not at all when it is', () => {
    const camera = { x: 0, y: 0, scale: 1 };
    const box = { x: 100, y: 100, width: 50, height: 50 };
    expect(showing(camera, box, WINDOW)).toEqual(camera);
    expect(showing(camera, { ...box, x: 900 }, WINDOW).x).toBe(-174);
    expect(showing(camera, { ...box, y: -50 }, WINDOW).y).toBe(74);
  });

  test('a box is put in the middle, and what is around it is seen', () => {
    const plane = { width: 2000, height: 2000 };
    const box = { x: 400, y: 400, width: 10, height: 10 };
    const camera = centred(box, 2, WINDOW, plane);
    expect(camera).toEqual({ scale: 2, x: -410, y: -510 });
    const corner = centred({ ...box, x: 0, y: 1990 }, 2, WINDOW, plane);
    expect(corner).toEqual({ scale: 2, x: 24, y: -3424 });
    expect(centred(box, 0.1, WINDOW, plane)).toEqual({ scale: 0.1, x: 300, y: 200 });
    const { x, width } = tiles(camera, WINDOW, 50);
    // From 205 to 605 can be seen, and what begins in the tile before reaches into it.
    expect([x, x + width]).toEqual([150, 650]);
  });

  test('the tiles in sight are the same ones until the hand has moved by one', () => {
    const at = (x: number) => tiles({ x, y: 0, scale: 1 }, WINDOW, 100);
    expect(at(-10)).toEqual(at(-90));
    expect(at(-110)).not.toEqual(at(-90));
  });

  test('two fingers have a middle, one has none', () => {
    expect(
      pinch([
        { x: 0, y: 0 },
        { x: 6, y: 8 },
      ]),
    ).toEqual({ x: 3, y: 4, apart: 10 });
    expect(pinch([{ x: 0, y: 0 }])).toBeNull();
  });
});

test.each([
  ['short', 10, 'short'],
  ['exactly ten', 11, 'exactly ten'],
  ['a title that is too long', 10, 'a title t…'],
  ['用中文写的标题', 8, '用中文…'],
  ['`code` in it', 20, 'code in it'],
  ['', 5, ''],
])('%s is cut to %d letters: %s', (text, letters, shown) => {
  expect(cut(text, letters)).toBe(shown);
});

test.each([
  ['a title in two lines', 'a title in', 'two lines'],
  ['short', 'short', ''],
  ['a title exactly so', 'a title', 'exactly so'],
  ['unbreakablylong', 'unbreakabl', 'ylong'],
  ['a title that is far too long for both', 'a title', 'that is fa…'],
  ['不用空格的中文标题', '不用空格的', '中文标题'],
  ['', '', ''],
])('%s is broken into %s / %s', (text, first, second) => {
  expect(twoLines(text, 10, 11)).toEqual([first, second]);
});

describe('lines', () => {
  const layout = {
    measures: { width: 10, height: 4, gapX: 10, gapY: 2 },
    places: new Map([
      ['a', { x: 0, y: 0, column: 0 }],
      ['b', { x: 20, y: 0, column: 1 }],
    ]),
    width: 30,
    height: 4,
  };
  const edge = (from: string, to: string, kind: 'needs' | 'part' = 'needs') => ({ from, to, kind });

  test('of one look are one path', () => {
    const looks = linesOf(
      [edge('a', 'b'), edge('b', 'a'), edge('a', 'b', 'part')],
      layout,
      [],
      null,
    );
    expect(looks.map(({ look }) => look)).toEqual(['needs', 'part']);
    expect(looks[0]?.lines.match(/M/g)).toHaveLength(2);
  });

  test('of a circle, and of the spec in question, stand out', () => {
    const look = (circles: string[][], current: string | null) =>
      linesOf([edge('a', 'b')], layout, circles, current)[0]?.look;
    expect(look([], null)).toBe('needs');
    expect(look([], 'b')).toBe('own');
    expect(look([['a', 'b']], 'b')).toBe('circle');
  });

  test('to a node that has no place are left out', () => {
    expect(linesOf([edge('a', 'nowhere')], layout, [], null)).toEqual([]);
    expect(boxesOf(['a', 'nowhere'], layout)).toBe('M0 0h10v4h-10z');
  });
});

describe('what is drawn', () => {
  const count = 300;
  const ids = Array.from({ length: count }, (_, n) => `n${n}`);
  const graph = {
    nodes: new Map(
      ids.map((id) => [
        id,
        { id, number: null, title: id, status: 'planned' as const, missing: false },
      ]),
    ),
    edges: [{ from: 'n0', to: 'n1', kind: 'needs' as const }],
  };
  const layout = {
    measures: { width: 10, height: 4, gapX: 10, gapY: 2 },
    places: new Map(ids.map((id, n) => [id, { x: 0, y: n * 6, column: 0 }])),
    width: 10,
    height: count * 6,
  };
  const window = (y: number, height: number) => ({ x: -10, y, width: 50, height });

  test('is what is near, and what has the focus wherever it is', () => {
    const { nodes, edges } = drawingOf(graph, layout, window(600, 11), new Set(['n9', null]));
    expect(nodes.map(({ id }) => id)).toEqual(['n9', 'n100', 'n101']);
    expect(edges).toEqual([]);
  });

  test('from far away is boxes by status, so that the page stays small', () => {
    const { nodes, crowd } = drawingOf(graph, layout, window(0, 9999), new Set(['n9']));
    expect(nodes.map(({ id }) => id)).toEqual(['n9']);
    expect(crowd).toHaveLength(1);
    expect(crowd[0]?.path.match(/M/g)).toHaveLength(count);
  });

  test('begins at the upper left', () => {
    expect(firstOf(layout)).toBe('n0');
    expect(firstOf({ ...layout, places: new Map() })).toBeNull();
  });
});
