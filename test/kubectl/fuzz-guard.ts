import {parseArgs} from 'node:util'
import {SAMPLE_MINORS} from '../support/kubectl-binaries.js'
import {campaign} from './property/campaign.js'

/** `npm run fuzz:guard -- --runs 5000 [--seed 1] [--minor 36] [--path 12:0]` */
const {values} = parseArgs({options: {runs: {type: 'string', default: '1000'}, seed: {type: 'string'}, minor: {type: 'string'}, path: {type: 'string'}}})
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : Number(values.seed)
const minor = values.minor === undefined ? (SAMPLE_MINORS[seed % SAMPLE_MINORS.length] ?? 36) : Number(values.minor)
console.log(`seed ${seed}, kubectl 1.${minor}, ${values.runs} runs`)
const {tally, failure} = await campaign({
  runs: Number(values.runs), seed, minor, ...(values.path === undefined ? {} : {path: values.path}),
  progress: so => console.log(JSON.stringify(so)),
})
console.log(JSON.stringify(tally))
if (failure !== null) {
  console.error(failure)
  process.exitCode = 1
}
