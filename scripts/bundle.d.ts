import type {Metafile} from 'esbuild'

/** Types of bundle.js, which stays JavaScript: `npm i -g .` runs it where tsx may not be. */
export function bundle(outdir: string): Promise<Metafile>
