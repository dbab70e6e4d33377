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
    name: 'stats',
    async go(user) {
      await toView(user, 'Stats');
      await user.page.locator('main').getByRole('heading', { level: 2 }).first().waitFor();
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
