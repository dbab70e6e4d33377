// Draws one diagram for the page around it. This frame has an origin of its own that is nobody's: it
// reads no storage, reaches no network, and knows only the source that it is sent. A classic script in
// the document itself: what such a frame fetches, no service worker brings and no cache keeps.
'use strict';

const drawing = document.getElementById('drawing');
/** No narrower than this part of its own width: what does not fit scrolls, and stays readable. */
const NARROWEST = 0.72;
let drawn = 0;

function tell(message) {
  // Its parent is the only one that can be meant, and has no name here: this origin is opaque.
  parent.postMessage({ diagram: true, ...message }, '*');
}

/** Ink on paper, as the page around it: lines and words in its colours, no boxes full of colour. */
function look(dark) {
  const [paper, sheet, ink, line] = dark
    ? ['#1b1c1f', '#212226', '#e9e8e5', '#8b8c93']
    : ['#fcfbf9', '#f4f3ef', '#2b2c31', '#85847f'];
  return {
    darkMode: dark,
    background: paper,
    primaryColor: sheet,
    primaryTextColor: ink,
    primaryBorderColor: line,
    secondaryColor: paper,
    tertiaryColor: sheet,
    lineColor: line,
    textColor: ink,
    noteBkgColor: paper,
    noteTextColor: ink,
    noteBorderColor: line,
    edgeLabelBackground: paper,
    clusterBkg: paper,
    clusterBorder: line,
    fontSize: '13px',
  };
}

async function draw({ source, dark }) {
  drawn += 1;
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    sequence: { actorFontSize: 13, messageFontSize: 13, noteFontSize: 12 },
    suppressErrorRendering: true,
    theme: 'base',
    themeVariables: look(dark),
    fontFamily: getComputedStyle(document.body).fontFamily,
    // What a diagram may not change of itself.
    secure: [
      'secure',
      'securityLevel',
      'startOnLoad',
      'maxTextSize',
      'maxEdges',
      'suppressErrorRendering',
      'htmlLabels',
      'themeCSS',
      'dompurifyConfig',
    ],
  });
  try {
    const { svg } = await mermaid.render(`d${drawn}`, source);
    drawing.innerHTML = svg;
    fit(drawing.querySelector('svg'));
  } catch (cause) {
    drawing.replaceChildren();
    tell({ failed: String(cause?.message ?? cause) });
  }
}

function fit(picture) {
  const wide = picture.viewBox.baseVal?.width || picture.getBoundingClientRect().width;
  picture.style.maxWidth = `${wide}px`;
  picture.style.minWidth = `${Math.round(wide * NARROWEST)}px`;
  measure();
}

function measure() {
  const picture = drawing.querySelector('svg');
  if (!picture) return;
  const scrolls = document.documentElement.scrollWidth > innerWidth ? 16 : 0;
  tell({ height: Math.ceil(picture.getBoundingClientRect().height) + scrolls });
}

addEventListener('message', (event) => {
  if (event.source === parent && typeof event.data?.source === 'string') void draw(event.data);
});
addEventListener('resize', measure);
// Nothing leads out of here: where a link goes is for the page to look at.
addEventListener('click', (event) => {
  const link = event.target.closest?.('a');
  if (!link) return;
  event.preventDefault();
  const href = link.getAttribute('href') ?? link.getAttribute('xlink:href');
  if (href) tell({ link: href });
});
addEventListener('load', () => tell({ ready: true }));
