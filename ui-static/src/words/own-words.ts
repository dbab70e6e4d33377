// How the page quotes a relay or a machine: their sentences are English, whatever the page speaks.

import { catalog } from './speech.svelte';

export const ownWords = catalog(
  {
    /** Before a quotation that stands for itself. */
    label: 'As it was said:',
    /** Inside of a sentence of the page. */
    inline: (said: string) => said,
  },
  {
    label: '原话：',
    inline: (said) => `原话：“${said}”`,
  },
);
