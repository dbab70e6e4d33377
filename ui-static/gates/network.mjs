// Hears what a page asks for and what its policy refuses.

const HANGS_AFTER_MS = 2000;

/**
 * Tells each request to another origin than the relay's, each breach of the policy, and each
 * exception. Requests are heard in all frames and workers of the page's context. Breaches in the frames
 * that draw diagrams are told to `sayOfFrame`.
 */
export async function listen(page, origin, say, sayOfFrame = say) {
  const context = page.context();
  const hear = ({ url }) => {
    const asked = new URL(url);
    const own = asked.origin === origin || ['blob:', 'about:'].includes(asked.protocol);
    if (!own) say(`a request to ${url.slice(0, 200)}`);
  };
  context.on('request', (request) => {
    // The browser tells of a request before its policy refuses it; such a one never left.
    void outcome(request).then((refused) => refused || hear({ url: request.url() }));
  });
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
    const where = `${text} ${message.location().url}`;
    const tell = where.includes('/diagram/') ? sayOfFrame : say;
    if (/content security policy|trusted ?type|refused to|violates/i.test(text)) tell(text);
  });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(
        `Content Security Policy: ${violatedDirective} ${blockedURI} in ${location.pathname}`,
      ),
    );
  });
}

/** Whether the policy of a page refused a request; what hangs was not refused. */
async function outcome(request) {
  const late = new Promise((resolve) => setTimeout(resolve, HANGS_AFTER_MS));
  await Promise.race([request.response().catch(() => null), late]);
  return request.failure()?.errorText === 'csp';
}
