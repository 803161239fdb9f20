// Bundles src/ into dist/: the guard's two CommonJS files (small, no
// dependencies, loaded at every kubectl call) and the oclif commands (ESM).
import {createHash} from 'node:crypto'
import {readFileSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {build} from 'esbuild'

const sources = readdirSync('src', {recursive: true}).map(name => `src/${name}`).filter(name => name.endsWith('.ts')).sort()
const {version} = JSON.parse(readFileSync('package.json', 'utf8'))
// Stamped into cache keys: another build never believes an older one's verdicts.
const hash = createHash('sha256')
for (const file of sources) hash.update(file).update(readFileSync(file))
const stamp = `${version}+${hash.digest('hex').slice(0, 16)}`

// Built aside and moved into place: a failed build leaves the last good one.
const draft = `dist.${process.pid}.tmp`
const shared = {bundle: true, platform: 'node', target: 'node20', minify: true, keepNames: false, logLevel: 'warning', define: {K121_BUILD: JSON.stringify(stamp)}}
await build({...shared, entryPoints: {guard: 'src/entry/guard.ts', 'guard-cold': 'src/entry/guard-cold.ts'}, outdir: draft, outExtension: {'.js': '.cjs'}, format: 'cjs', external: ['./guard-cold.cjs']})
await build({
  ...shared,
  minify: false,
  entryPoints: sources.filter(file => file.startsWith('src/commands/')).concat('src/cli.ts', 'src/help.ts'),
  outbase: 'src', outdir: draft, format: 'esm', splitting: true, chunkNames: 'chunks/[name]-[hash]',
  external: ['keytar'],
  // Bundled CommonJS dependencies ask for Node's built-ins by `require`.
  banner: {js: "import {createRequire as k121Require} from 'node:module';const require=k121Require(import.meta.url);"},
})
rmSync('dist', {recursive: true, force: true})
renameSync(draft, 'dist')
