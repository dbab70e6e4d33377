// What moves the cards of the board, and what is seen of them. The board itself is among the views.

async function toBoard(user) {
  await user.project('harbor');
  await user.open('Board');
  await user.page.locator('.card a').first().waitFor();
}

export default [
  {
    name: 'board-menu',
    async go(user) {
      await toBoard(user);
      await user.page
        .getByRole('button', { name: /to another column$/ })
        .first()
        .click();
      await user.page.getByRole('menu', { name: 'Move to' }).waitFor();
    },
  },
  {
    name: 'board-archived',
    only: 'desk',
    async go(user) {
      await toBoard(user);
      await user.press('Show Archived');
      await user.page.getByRole('button', { name: 'Fold Archived' }).waitFor();
    },
  },
  {
    name: 'board-filtered',
    async go(user) {
      await toBoard(user);
      await user.page.getByRole('searchbox').fill('harbour');
      await user.see(/^\d+ of/);
    },
  },
];
