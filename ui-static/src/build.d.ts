/** Of package.json; put in by the build. */
declare const __VERSION__: string;
/** The document in which diagrams are drawn, below the folder of the page. */
declare const __DRAWING_FRAME__: string;
/** What the page was built from: see scripts/fingerprint.ts. */
declare const __BUILD__: string;
