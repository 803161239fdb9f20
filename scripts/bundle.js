// What esbuild makes of src/: the guard's two CommonJS files (small, no
// dependencies, loaded at every kubectl call), the library that other programs
// import (one ESM file that needs nothing of Node, and its types), and the oclif
// commands (ESM).
import {createHash} from 'node:crypto'
import {copyFileSync, readFileSync, readdirSync} from 'node:fs'
import {build} from 'esbuild'

/** @returns esbuild's account of what went into the commands */
export async function bundle(outdir) {
  const sources = readdirSync('src', {recursive: true}).map(name => `src/${name}`).filter(name => name.endsWith('.ts')).sort()
  const shared = {
    bundle: true, platform: 'node', target: 'node20', keepNames: false, logLevel: 'warning', outdir,
    define: {K121_BUILD: JSON.stringify(stampOf(sources))},
  }
  await build({
    ...shared,
    minify: true,
    entryPoints: {guard: 'src/entry/guard.ts', 'guard-cold': 'src/entry/guard-cold.ts'},
    outExtension: {'.js': '.cjs'}, format: 'cjs',
    external: ['./guard-cold.cjs'],
  })
  await build({...shared, platform: 'neutral', entryPoints: {'pod-security': 'src/pod-security/evaluate-pod.ts'}, format: 'esm'})
  // Holds nothing but types, so it is its own declaration.
  copyFileSync('src/pod-security/evaluate-pod-types.ts', `${outdir}/pod-security.d.ts`)
  const {metafile} = await build({
    ...shared,
    entryPoints: sources.filter(file => file.startsWith('src/commands/')).concat('src/cli.ts', 'src/help.ts'),
    outbase: 'src', format: 'esm', splitting: true, chunkNames: 'chunks/[name]-[hash]', metafile: true,
    external: ['keytar'],
    // Bundled CommonJS dependencies ask for Node's built-ins by `require`.
    banner: {js: "import {createRequire as k121Require} from 'node:module';const require=k121Require(import.meta.url);"},
  })
  return metafile
}

/** Stamped into cache keys: another build never believes an older one's verdicts. */
function stampOf(sources) {
  const {version} = JSON.parse(readFileSync('package.json', 'utf8'))
  const hash = createHash('sha256')
  for (const file of sources) hash.update(file).update(readFileSync(file))
  return `${version}+${hash.digest('hex').slice(0, 16)}`
}
