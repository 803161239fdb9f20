// Proves that imports go one way (import-rows.ts; docs/architecture.md shows the
// same table), and that the guard's bundles hold and load nothing but their own.
import {build} from 'esbuild'
import {readFileSync, readdirSync} from 'node:fs'
import {builtinModules} from 'node:module'
import {ROWS, importsOf, violationsOf} from './import-rows.js'

const files = readdirSync('src', {recursive: true}).map(String).filter(name => name.endsWith('.ts')).toSorted()
const complaints = files.flatMap(file => violationsOf(file, importsOf(readFileSync(`src/${file}`, 'utf8'))))

/** What the guard loads at every kubectl call: nothing but itself and these. */
const WARM_BUILTINS = ['node:child_process', 'node:crypto', 'node:fs', 'node:os', 'node:path']
/** Loaded on a miss only. */
const COLD_BUILTINS = [...WARM_BUILTINS, 'node:tty']

for (const [entry, allowed] of [['guard', WARM_BUILTINS], ['guard-cold', COLD_BUILTINS]] as const) {
  const {metafile} = await build({
    entryPoints: [`src/entry/${entry}.ts`], bundle: true, write: false, metafile: true, outdir: 'unused', platform: 'node', format: 'cjs', external: ['./guard-cold.cjs'], logLevel: 'silent',
  })
  const foreign = Object.keys(metafile.inputs).filter(path => !path.startsWith('src/'))
  const loaded = Object.values(metafile.outputs).flatMap(output => output.imports).map(one => (builtinModules.includes(one.path) ? `node:${one.path}` : one.path))
  complaints.push(...foreign.map(path => `the bundle ${entry} holds ${path}`))
  complaints.push(...loaded.filter(path => !allowed.includes(path) && path !== './guard-cold.cjs').map(path => `the bundle ${entry} loads ${path}`))
}

for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
if (complaints.length > 0) process.exitCode = 1
else process.stdout.write(`${files.length} files, ${ROWS.length} rows: imports go one way\n`)
