/** Of package.json; put in by the build. */
declare const __VERSION__: string;
/** What the page was built from: see scripts/fingerprint.ts. */
declare const __BUILD__: string;
