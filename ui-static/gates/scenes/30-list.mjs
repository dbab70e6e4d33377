// The specs of a project.

export default [
  {
    name: 'list',
    picture: ['desk-light', 'phone-dark'],
    go: (user) => user.project('harbor'),
  },
  {
    name: 'list-filtered',
    async go(user) {
      await user.project('harbor');
      await user.press(/^In progress/);
      await user.see('Harbour dues');
    },
  },
  {
    name: 'list-nothing-matches',
    async go(user) {
      await user.project('harbor');
      await user.page.getByRole('searchbox').fill('lighthouse');
      await user.see('No specs match.');
    },
  },
  {
    name: 'list-empty',
    async go(user) {
      await user.project('sketches');
      await user.see(/^No specs in/);
    },
  },
  {
    name: 'list-halted',
    async go(user) {
      await user.project('attic');
      await user.see('sends nothing for this project');
    },
  },
  {
    name: 'list-of-machine-away',
    go: (user) => user.project('harbor', 'ThinkPad'),
  },
];
