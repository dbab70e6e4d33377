// Counts the streams that the pages of a browser hold open.

const isStream = (request) => new URL(request.url()).pathname === '/v1/feed';

export class Streams {
  open = new Set();
  /** How many were asked for so far. */
  asked = 0;

  constructor(context) {
    context.on('request', (request) => {
      if (!isStream(request)) return;
      this.asked += 1;
      this.open.add(request);
    });
    for (const end of ['requestfailed', 'requestfinished']) {
      context.on(end, (request) => void this.open.delete(request));
    }
    // The requests of a page that is closed are told to nobody.
    context.on('page', (page) =>
      page.on('close', () => {
        for (const request of this.open)
          if (request.frame().page() === page) this.open.delete(request);
      }),
    );
  }
}
