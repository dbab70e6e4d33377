// What a screen may weigh, and that it fits its window.

/** Elements on any screen; the text of a document is not counted, it is as long as it is. */
const ELEMENTS_MAX = 1500;

export const name = 'no screen scrolls sideways or holds more than 1,500 elements';
export const advice =
  'let wide things scroll inside themselves, and draw only the rows that are in the window';

export function looker() {
  let most = { count: 0, where: '' };
  return {
    async at({ page, scene, view, theme }, say) {
      if (theme !== 'light') return;
      const { count, wide } = await page.evaluate(() => ({
        count:
          document.querySelectorAll('*').length - document.querySelectorAll('.document *').length,
        wide: document.documentElement.scrollWidth - innerWidth,
      }));
      if (wide > 0) say(`the page scrolls sideways by ${wide} px`);
      if (count > ELEMENTS_MAX) say(`${count} elements`);
      if (count > most.count) most = { count, where: `${scene.name} ${view.name}` };
    },
    end: (_, report) => report(`most elements: ${most.count}, in ${most.where}`),
  };
}
