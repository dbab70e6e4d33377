// The other ways of looking at a project.

/** From the machines' screen to a view of the sample. */
export async function toView(user, view) {
  await user.project('harbor');
  await user.open(view, user.page.getByRole('navigation', { name: 'Views' }));
}

export default [
  {
    name: 'board',
    picture: ['desk-dark'],
    async go(user) {
      await toView(user, 'Board');
      await user.see('Open the gate with the phone');
    },
  },
  {
    name: 'graph',
    async go(user) {
      await toView(user, 'Graph');
      await user.page.getByRole('button', { name: 'Closer' }).first().waitFor();
    },
  },
  {
    name: 'graph-around',
    async go(user) {
      await toView(user, 'Graph');
      await user.open('Look around Tides beside every berth');
      await user.see(/^Needed by/);
    },
  },
  {
    name: 'stats',
    async go(user) {
      await toView(user, 'Stats');
      await user.page.locator('main').getByRole('heading', { level: 2 }).first().waitFor();
    },
  },
  {
    name: 'compare',
    picture: ['desk-light'],
    async go(user) {
      await user.spec('Tides beside every berth');
      await user.open(/^Desktop/, user.page.locator('article'));
      await user.title(/Tides beside every berth/);
      await user.page.locator('table, .diff').first().waitFor();
    },
  },
  {
    name: 'compare-same',
    async go(user) {
      await user.spec('Warn every boat before the storm');
      await user.open(/^Desktop/, user.page.locator('article'));
      await user.see(/[Ii]dentical|same/);
    },
  },
  {
    name: 'activity-of-project',
    async go(user) {
      await toView(user, 'Activity');
      await user.page.getByRole('link', { name: 'Activity' }).first().waitFor();
    },
  },
  {
    name: 'activity',
    async go(user) {
      await user.open(/^Activity/);
      await user.title('Activity');
    },
  },
];
