// Hears what a page asks for and what its policy refuses.

/**
 * Tells each request to another origin than the relay's, each breach of the policy, and each
 * exception. Requests are heard in all frames and workers of the page's context.
 */
export async function listen(page, origin, say) {
  const context = page.context();
  const hear = ({ url }) => {
    const asked = new URL(url);
    const own = asked.origin === origin || ['blob:', 'about:'].includes(asked.protocol);
    if (!own) say(`a request to ${url.slice(0, 200)}`);
  };
  context.on('request', (request) => hear({ url: request.url() }));
  context.on('page', (other) => {
    if (other !== page) say(`a window was opened: ${other.url()}`);
  });
  page.on('websocket', (socket) => hear({ url: socket.url() }));
  page.on('dialog', (dialog) => {
    say(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => say(`an exception: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy|trusted ?type|refused to|violates/i.test(text)) say(text);
  });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`Content Security Policy: ${violatedDirective} ${blockedURI}`),
    );
  });
}
