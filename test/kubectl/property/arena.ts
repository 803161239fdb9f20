import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {shellQuote, writeCanary} from '../../support/canary.js'
import {authority} from '../../support/certificates.js'
import type {World} from '../../support/world.js'
import {createWorld} from '../../support/world.js'
import type {Scenario} from '../generators/scenario.js'
import {spell} from '../generators/spelling.js'
import {mapStrings} from '../generators/tree.js'
import {applyTricks} from '../generators/tricks.js'
import {startLyingProxy} from './lying-proxy.js'
import {PRELOAD, SWAP_CONFIG, TRUSTED_CONFIG} from './arena-files.js'

/** One machine for many scenarios: servers and programs stay, files are laid out anew for each. */
export interface Arena {
  world: World
  /** Puts real paths, ports and certificates where a scenario has braces. */
  fill(text: string): string
  /** The machine as it is when the command is typed. */
  layOut(scenario: Scenario): void
  environment(scenario: Scenario): Record<string, string | undefined>
  /** The attacker's files as bytes, by their place. */
  files(scenario: Scenario): Record<string, Buffer>
  /** Stands in kubectl's place, and changes everything once it is armed. */
  swappingKubectl: string
  arm(): void
  close(): Promise<void>
}

/** Bare names on PATH that the catalogue knows; here they are anything but what it knows. */
const IMPOSTORS = ['aws', 'gke-gcloud-auth-plugin', 'kubelogin', 'aws-iam-authenticator', 'env', 'kubectl-helper']

export async function createArena(kubectl: string): Promise<Arena> {
  const world = createWorld(kubectl)
  const home = await world.server('home')
  const evil = await world.server('evil', {ca: 'second'})
  const other = await world.server('other')
  const plain = await world.server('plain', {plain: true})
  const [honest, lying] = [await world.proxy(), await startLyingProxy(evil.port)]
  const [attack, early] = [join(world.home, 'attack'), join(world.home, 'early')]
  const [first, second] = [authority('first'), authority('second')]
  const names: Record<string, string> = {
    home: world.home, bin: world.bin, cwd: world.cwd, attack, early,
    ...Object.fromEntries([home, evil, other, plain].flatMap(({name, url, port}) => [[`url:${name}`, url], [`port:${name}`, String(port)], [`host:${name}`, `127.0.0.1:${port}`]])),
    'ca:first': first.base64, 'ca:second': second.base64, 'ca:both': Buffer.from(first.certificate + second.certificate).toString('base64'),
    'proxy:honest': honest.url, 'proxy:lying': lying.url,
  }
  const fill = (text: string): string => text.replace(/\{([a-z]+(?::[a-z]+)?)\}/g, (whole, name: string) => names[name] ?? whole)
  const preload = buildPreload(world)
  installPrograms(world)
  const files = (scenario: Scenario): Record<string, Buffer> => Object.fromEntries([['{attack}/a', scenario.first] as const, ['{cwd}/b', scenario.second] as const].flatMap(([path, file]) =>
    (file === null ? [] : [[fill(path), spell(mapStrings(applyTricks(file.tree, file.tricks), fill), file.spelling)]])))
  const armed = join(world.root, 'armed')
  return {
    world, fill, files,
    swappingKubectl: join(world.root, 'swapping-kubectl'),
    layOut(scenario) {
      clear(world, [attack, early, armed])
      layOutHome(world, fill, scenario)
      layOutAttack({world, attack, early, preload}, fill)
      for (const [path, bytes] of Object.entries(files(scenario))) put(path, bytes)
      for (const path of scenario.surroundings.planted) plant(fill(path), 'planted', world.log)
      world.script('swapping-kubectl', `if [ -e ${shellQuote(armed)} ]; then\n${swapLines(world, fill, scenario)}\nfi\nexec ${shellQuote(kubectl)} "$@"`, world.root)
    },
    environment: scenario => ({
      KUBECONFIG: undefined,
      ...Object.fromEntries(Object.entries(scenario.surroundings.variables).map(([name, value]) => [name, value === null ? undefined : fill(value)])),
    }),
    arm: () => writeFileSync(armed, ''),
    async close() {
      await lying.close()
      await world.close()
    },
  }
}

function installPrograms(world: World): void {
  for (const name of ['evil', ...IMPOSTORS]) world.canary(name)
  world.nativeCanary('native')
  for (const name of ['plug', 'evil-plug']) writeCanary(join(world.bin, `kubectl-${name}`), name, {log: world.log})
  symlinkSync(world.kubectl, join(world.bin, 'kubectl'))
  symlinkSync('/bin/sh', join(world.bin, 'sh'))
  writeCanary(join(world.root, 'swapped'), 'swapped', {log: world.log})
}

/** A library that notes whose process loads it; null where no C compiler is. */
function buildPreload(world: World): string | null {
  const [source, library] = [join(world.root, 'preload.c'), join(world.root, 'preload.so')]
  writeFileSync(source, PRELOAD.replace('@LOG@', () => JSON.stringify(world.log)))
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-o', library, source], {stdio: 'ignore'})
    return library
  } catch {
    return null
  }
}

function clear(world: World, paths: readonly string[]): void {
  const own = [join(world.home, '.kube'), world.xdg.config, world.xdg.state, world.xdg.runtime, world.log, ...paths]
  for (const path of own) rmSync(path, {recursive: true, force: true})
  rmSync(world.cwd, {recursive: true, force: true})
  mkdirSync(world.cwd, {mode: 0o700})
}

function layOutHome(world: World, fill: (text: string) => string, {surroundings: {kuberc, trust}}: Scenario): void {
  for (const directory of Object.values(world.xdg)) mkdirSync(directory, {recursive: true, mode: 0o700})
  const helper = world.canary('helper')
  const sha256 = createHash('sha256').update(readFileSync(helper)).digest('hex')
  world.trust([{command: helper, args: 'any', servers: [{url: fill('{url:home}'), ca: authority('first').fingerprint}], ...(trust === 'digest' ? {sha256} : {})}])
  world.kubeconfig(fill(TRUSTED_CONFIG))
  world.file('home/.kube/token', 'hush-beside')
  world.file('home/.kube/ca.crt', authority('first').certificate)
  world.file('home/.vault-token', 'hush-vault')
  world.file('home/.ssh/id', 'hush-key')
  if (kuberc !== null) world.file('home/.kube/kuberc', fill(kuberc))
}

interface Lair {
  world: World
  attack: string
  early: string
  preload: string | null
}

function layOutAttack({world, attack, early, preload}: Lair, fill: (text: string) => string): void {
  for (const directory of [attack, early, join(attack, 'sub'), join(world.cwd, 'sub')]) mkdirSync(directory, {recursive: true, mode: 0o700})
  for (const path of [join(attack, 'evil'), join(world.cwd, 'planted'), join(attack, 'sub/planted')]) plant(path, 'evil', world.log)
  put(join(attack, 'swap'), fill(SWAP_CONFIG))
  put(join(attack, 'token'), 'hush-own')
  put(join(attack, 'ca.crt'), authority('first').certificate)
  put(join(attack, 'second.crt'), authority('second').certificate)
  put(join(attack, 'kuberc'), fill("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ndefaults:\n- command: get\n  options: [{name: kubeconfig, default: '{attack}/swap'}]\n"))
  symlinkSync('evil', join(attack, 'link'))
  symlinkSync(world.bin, join(attack, 'to-bin'))
  symlinkSync('a', join(attack, 'link-to-a'))
  symlinkSync('../.vault-token', join(attack, 'link-to-secret'))
  if (preload !== null) linkSync(preload, join(attack, 'preload.so'))
}

/** What the attacker does between the verdict and kubectl's first instruction. */
function swapLines(world: World, fill: (text: string) => string, {surroundings}: Scenario): string {
  const copy = (from: string, ...to: string[]): string => to.map(path => `/bin/cp -f --remove-destination ${shellQuote(from)} ${shellQuote(fill(path))}`).join('\n')
  const programs = ['{early}/helper', '{early}/evil', '{early}/kubectl', '{cwd}/helper', '{cwd}/sub/helper', '{attack}/helper', '{attack}/sub/helper']
  return [
    copy(fill('{attack}/swap'), '{attack}/a', '{cwd}/b', '{home}/.kube/config'),
    copy(fill('{attack}/kuberc'), '{home}/.kube/kuberc'),
    copy(join(world.root, 'swapped'), ...programs, ...(surroundings.trust === 'digest' ? ['{bin}/helper'] : [])),
    copy(fill('{attack}/second.crt'), '{attack}/ca.crt', '{home}/.kube/ca.crt'),
    `/bin/ln -sf ${shellQuote(fill('{home}/.vault-token'))} ${shellQuote(fill('{home}/.kube/token'))}`,
    `/bin/ln -sf ${shellQuote(fill('{home}/.vault-token'))} ${shellQuote(fill('{attack}/token'))}`,
  ].join('\n')
}

function plant(path: string, name: string, log: string): void {
  mkdirSync(dirname(path), {recursive: true, mode: 0o700})
  writeCanary(path, name, {log})
}

function put(path: string, content: string | Buffer): void {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), {recursive: true, mode: 0o700})
  writeFileSync(path, content)
  chmodSync(path, 0o600)
}
