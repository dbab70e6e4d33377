// Before and at the door.

export default [
  {
    name: 'pair',
    signedOut: true,
    go: (user) => user.heading('Your specs, as they are on your machines'),
  },
  {
    name: 'pair-without-key',
    signedOut: true,
    async go(user) {
      await user.fill('Relay, or a sign-in link', user.origin);
      await user.press('Sign in');
      await user.see('Paste the key too');
    },
  },
  {
    name: 'pair-wrong-key',
    signedOut: true,
    async go(user) {
      await user.fill('Relay, or a sign-in link', user.origin);
      await user.page.getByLabel('Key', { exact: true }).fill('lsk_nobody');
      await user.press('Sign in');
      await user.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    },
  },
  {
    name: 'other-relay',
    async go(user) {
      // A link from somebody else: there is nothing to click that leads here.
      await user.page.goto(`${user.origin}/#/o/relay.example.org/m/x`);
      await user.page.reload();
      await user.heading('You are not signed in at this relay');
    },
  },
];
