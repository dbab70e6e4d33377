// What an attack would leave behind in a page, whether or not it has come to anything yet. Runs in the
// page (and in a test's document), so it stands alone.

/** Sentences about what should not be there; nothing when all is well. */
export function audit(root) {
  const SAFE = ['http:', 'https:', 'mailto:'];
  const found = [];
  const FORBIDDEN =
    'script, object, embed, applet, base, meta, link, style, form, template, portal, frame, frameset, math, audio, video, source, track, dialog';
  for (const document of root.querySelectorAll('.document')) {
    for (const element of document.querySelectorAll(FORBIDDEN)) found.push(element.outerHTML);
    for (const { id } of document.querySelectorAll('[id]')) {
      if (!/^h-|^diagram-/.test(id)) found.push(`the id ${id}`);
    }
    for (const named of document.querySelectorAll('[name]')) found.push(named.outerHTML);
  }
  for (const element of root.querySelectorAll('*')) {
    for (const { name } of element.attributes) {
      if (/^on/i.test(name) || ['srcdoc', 'formaction', 'ping', 'srcset'].includes(name))
        found.push(`${name} at ${element.outerHTML.slice(0, 120)}`);
    }
  }
  for (const link of root.querySelectorAll('a[href], area[href]')) {
    const href = link.getAttribute('href');
    const { protocol } = new URL(href, 'https://page.example/');
    if (!SAFE.includes(protocol)) found.push(`a link to ${href.slice(0, 80)}`);
    const leaves = !href.startsWith('#');
    if (leaves && link.closest('.document') && !/noopener/.test(link.rel))
      found.push(`a link without noopener to ${href.slice(0, 80)}`);
  }
  for (const image of root.querySelectorAll('img')) {
    if (!image.src.startsWith('blob:')) found.push(`an image of ${image.src.slice(0, 80)}`);
  }
  for (const frame of root.querySelectorAll('iframe')) {
    const { pathname } = new URL(frame.src, 'https://page.example/');
    const own = /\/diagram\/[\w.-]+\/frame\.html$/.test(pathname);
    const alone = frame.getAttribute('sandbox') === 'allow-scripts';
    if (!own || !alone) found.push(`a frame: ${frame.outerHTML.slice(0, 120)}`);
  }
  return found;
}
