// Reading one spec.

/** Waits until a document stands there. */
export const read = (user) => user.page.locator('.document > *').first().waitFor();

export default [
  {
    name: 'spec',
    picture: ['desk-dark'],
    async go(user) {
      await user.spec('Warn every boat before the storm');
      await user.page.getByRole('img', { name: 'The sea level of the last storm' }).waitFor();
    },
  },
  {
    name: 'spec-end',
    async go(user) {
      await user.spec('Warn every boat before the storm');
      await read(user);
      await user.page.locator('.document ol').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'spec-file',
    async go(user) {
      await user.spec('Harbour dues, worked out and paid');
      await user.open(/^Design/i, user.page.locator('article'));
      await read(user);
    },
  },
  {
    name: 'spec-broken',
    async go(user) {
      await user.spec('Figures for the town council');
      await user.page.locator('.marked').first().waitFor();
    },
  },
  {
    name: 'spec-raw',
    async go(user) {
      await user.spec('Tides beside every berth');
      if (user.view.name === 'phone') await user.press('More');
      await user.press('Raw text');
      await user.see('depends_on:');
    },
  },
  {
    name: 'spec-done',
    async go(user) {
      await user.spec('Tides beside every berth');
      await read(user);
    },
  },
  {
    name: 'spec-of-machine-away',
    async go(user) {
      await user.spec('Harbour dues, worked out and paid', { machine: 'ThinkPad' });
      await read(user);
    },
  },
  {
    name: 'spec-read-only',
    async go(user) {
      await user.spec('How we write', { project: 'handbook' });
      await user.see('Read-only.');
    },
  },
  {
    name: 'spec-more',
    async go(user) {
      await user.spec('Harbour dues, worked out and paid');
      await read(user);
      await user.press('More');
      await user.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'spec-changed',
    changes: true,
    async go(user, stand) {
      const file = '012-storm-warning/README.md';
      const machine = stand.machines.MacBook;
      await user.spec('Warn every boat before the storm');
      await read(user);
      // Somebody who has begun to read.
      await user.page.mouse.move(200, 400);
      await user.page.evaluate(() => scrollTo(0, 200));
      await user.page.waitForFunction(() => scrollY > 100);
      machine.write(
        'harbor',
        file,
        `${machine.read('harbor', file)}\nChildren are told in words of theirs.\n`,
      );
      await user.see(/^Changed on MacBook/);
    },
  },
  {
    name: 'spec-gone',
    changes: true,
    async go(user, stand) {
      await user.spec('Figures for the town council');
      stand.machines.MacBook.remove('harbor', '010-visitor-statistics');
      await user.heading('This spec is gone');
    },
  },
];
