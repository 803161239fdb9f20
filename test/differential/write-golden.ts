/** Writes what go-yaml reads in the sample files; the unit test compares without Go. Run: npx tsx test/differential/write-golden.ts */
import {readFileSync, readdirSync, writeFileSync} from 'node:fs'
import {buildGoYaml} from './go-yaml.js'

const samples = new URL('../kubeconfig/samples/', import.meta.url)
const names = readdirSync(samples).toSorted()
const answers = buildGoYaml()(names.map(name => readFileSync(new URL(name, samples))))
const golden: Record<string, unknown> = {}
answers.forEach(({status, text}, index) => {
  if (status !== 'ok') throw new Error(`${names[index]}: ${text}`)
  golden[names[index]!] = JSON.parse(text)
})
writeFileSync(new URL('../kubeconfig/samples.golden.json', import.meta.url), `${JSON.stringify(golden, null, 2)}\n`)
