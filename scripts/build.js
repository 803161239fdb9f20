// Bundles src/ into dist/.
import {renameSync, rmSync} from 'node:fs'
import {bundle} from './bundle.js'

// Built aside and moved into place: a failed build leaves the last good one.
const draft = `dist.${process.pid}.tmp`
await bundle(draft)
rmSync('dist', {recursive: true, force: true})
renameSync(draft, 'dist')
