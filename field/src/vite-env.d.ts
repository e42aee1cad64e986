/// <reference types="vite/client" />

/** Of the build: the hash of what is in it. */
declare const __VERSION__: string;
