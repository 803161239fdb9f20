import {expect} from 'chai'
import {accessSync, chmodSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {runProcess} from '../support/run-process.js'
import type {World} from '../support/world.js'
import {GUARD, createWorld} from '../support/world.js'

const BASH = '/bin/bash'
const README = readFileSync('README.md', 'utf8')

interface Step {
  command: string
  output: string
}

/** Of every ```console block: `$ command`, then what it printed. */
function transcript(page: string): Step[] {
  const blocks = [...page.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  return blocks.flatMap(block => block.split(/^\$ /m).slice(1)).map(part => {
    const [command = '', ...lines] = part.split('\n')
    return {command, output: lines.join('\n').trim()}
  })
}

/** The machine on which the lines were typed: a mail's attachment, a login program that no catalogue knows, a kubectl. */
function layOut(world: World): void {
  const classic = readFileSync('samples/kubeconfigs/1-classic.yaml', 'utf8')
  world.file('home/mail.yaml', classic)
  symlinkSync(join(process.cwd(), 'samples'), join(world.home, 'samples'))
  const office = classic.replace(/^#.*\n/, '').replaceAll('lorem.example.com', 'k8s.example.com').replaceAll('lorem', 'office').replaceAll('ipsum', 'me')
  world.file('home/office.yaml', office.replace('command: touch', 'command: office-login').replace(/ +args:[\s\S]*$/, ''))
  for (const name of ['touch', 'office-login']) chmodSync(world.file(`home/bin/${name}`, `\u007fELF ${name}`), 0o755)
  // Only what the guard lets through gets this far; an empty cluster's answer is all that it shows.
  world.script('kubectl', 'echo "No resources found in default namespace." >&2')
}

/** Ids hold paths, so each machine has its own. */
const ID = /\b[0-9a-f]{12}\b/g

async function play(steps: readonly Step[], world: World): Promise<Step[]> {
  const played: Step[] = []
  let id = ''
  for (const {command} of steps) {
    const script = `init="$('${process.execPath}' '${GUARD}' guard init bash)" || exit 99\neval "$init"\n${command.replace(ID, id)}`
    const {stdout, stderr} = await runProcess(BASH, ['-c', script], {env: world.env, cwd: world.home})
    const output = `${stdout}${stderr}`.replaceAll(world.home, '/home/me').trim()
    id = output.match(ID)?.[0] ?? id
    played.push({command, output})
  }
  return played
}

/** Nor is every machine as fast. */
const withoutIds = (steps: readonly Step[]): Step[] => steps.map(({command, output}) => ({command: command.replace(ID, 'ID'), output: output.replace(ID, 'ID').replace(/\d+\.\d s$/m, 'N s')}))

describe('the sessions in the README', () => {
  it('are what a shell behind the guard really prints', async function () {
    try {
      accessSync(BASH)
    } catch {
      this.skip()
    }
    const steps = transcript(README)
    const world = createWorld('')
    try {
      layOut(world)
      const played = await play(steps, world)
      if (process.env['SHOW_README'] === '1') process.stdout.write(played.map(step => `$ ${step.command}\n${step.output}\n`).join('\n'))
      expect(withoutIds(played)).to.deep.equal(withoutIds(steps))
    } finally {
      await world.close()
    }
  })

  it('show audit, verify, trust and guard', () => {
    const commands = transcript(README).map(step => step.command).join('\n')
    expect(commands).to.match(/^kubectl k121 audit/m).and.match(/k121 kubeconfig verify/).and.match(/k121 kubeconfig trust --id/).and.match(/^kubectl --kubeconfig/m)
  })

  it('are no wider than a page', () => expect(transcript(README).flatMap(step => step.output.split('\n')).filter(line => line.length > 110)).to.deep.equal([]))
})
