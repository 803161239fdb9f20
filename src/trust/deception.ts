import type {PathStep} from '../kubeconfig/node.js'
import {hasUnprintable} from '../printable.js'
import {LISTED_NAMES} from './catalogue/catalogue.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'

/** A character that is not visible as what it is. Line feed and tab are left to `hasLineBreak`; a blank in their place joins no surrogates. */
export function hasHidden(text: string): boolean {
  return hasUnprintable(text.replace(/[\n\t]/g, ' '))
}

export function hasLineBreak(text: string): boolean {
  return /[\n\t]/.test(text)
}

// Letters of other scripts beside the Latin one they look like; what NFKD folds anyway is left out.
const LOOK_ALIKES =
  'аa вb сc ԁd еe ғf ɡg һh іi јj кk ӏl мm ոn оo рp ԛq гr ѕs тt υu ѵv ԝw хx уy ᴢz αa βb εe ηn ιi κk νv οo ρp τt χx γy ıi ɩi ɑa ɢg ʟl ɪi օo սu'
const LATIN = new Map(LOOK_ALIKES.split(' ').map(pair => [[...pair][0] ?? '', [...pair][1] ?? '']))

/** One spelling for everything that looks the same to a hurried reader. */
export function foldName(name: string): string {
  const latin = [...name.normalize('NFKD').toLowerCase()].map(letter => LATIN.get(letter) ?? letter).join('')
  return latin
    .replace(/\p{M}/gu, '')
    .replace(/[1|i!]/g, 'l')
    .replace(/0/g, 'o')
    .replace(/5/g, 's')
    .replace(/3/g, 'e')
    .replace(/[_\u2010-\u2015\u2212]/g, '-')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
}

interface NameLikeness {
  listed: string
  how: 'looks-alike' | 'slip' | 'ending' | 'case'
}

/** Targets worth imitating that are no catalogue names. */
const TARGETS: readonly string[] = [...LISTED_NAMES, 'kubectl', 'gcloud', 'az']
/** Real programs one letter away from a listed name. */
const REAL_NEIGHBOURS = new Set(['kubectx', 'kubecfg', 'infracost', 'guards'])

const FOLDED: readonly (readonly [string, string])[] = TARGETS.map(listed => [listed, foldName(listed)])
/** No file system holds longer names, and comparing them costs time the attacker would choose. */
const LONGEST_NAME = 255

/** Which known name does an unknown one resemble? Names that are listed themselves must not be asked about. */
function likenessOf(name: string): NameLikeness | null {
  if (name.length > LONGEST_NAME) return null
  const folded = foldName(name)
  const ordinary = TARGETS.find(listed => name !== listed && name.toLowerCase() === listed)
  if (ordinary !== undefined) return {listed: ordinary, how: 'case'}
  const alike = FOLDED.find(([, other]) => other === folded)
  if (alike !== undefined) return {listed: alike[0], how: 'looks-alike'}
  if (REAL_NEIGHBOURS.has(name)) return null
  const slip = TARGETS.find(listed => isSlip(name, listed))
  if (slip !== undefined) return {listed: slip, how: 'slip'}
  // `kubectl-foo` is the name of every plugin, not kubectl with an ending.
  const ending = TARGETS.find(listed => name.toLowerCase().startsWith(listed) && !(listed === 'kubectl' && name.startsWith('kubectl-')) && /^[-_.]?(?:\d|v\d|cli|new|old|bin|wrapper|[-_.])/i.test(name.slice(listed.length)))
  return ending === undefined ? null : {listed: ending, how: 'ending'}
}

/** Two kubectl plugins are compared by what follows `kubectl-`, or each short plugin would resemble the next. */
function isSlip(name: string, listed: string): boolean {
  const [left, right] = name.startsWith('kubectl-') && listed.startsWith('kubectl-') ? [name.slice(8), listed.slice(8)] : [name, listed]
  if (right.length < 5) return false
  return distance(foldName(left), foldName(right)) <= (right.length >= 12 ? 2 : 1)
}

/** Damerau's distance (optimal string alignment): one step is a letter more, less, other, or two swapped. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  const rows: number[][] = [Array.from({length: b.length + 1}, (_, index) => index)]
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 99
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : 99
      row.push(Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + same, swapped))
    }
  }
  return cell(a.length, b.length)
}

/** Reasons about an unlisted name that resembles a listed one. */
export function likenessReasons(name: string, path: readonly PathStep[]): Reason[] {
  const likeness = likenessOf(name)
  if (likeness === null) return []
  const text = `${quoted(name)} resembles ${quoted(likeness.listed)} and is not it.`
  const id = {'looks-alike': 'near-miss-name', slip: 'near-miss-name', ending: 'name-with-ending', case: 'name-in-other-case'} as const
  return [because(id[likeness.how], path, text)]
}

/** Reasons about the command text itself, whatever program it is. */
export function commandTextReasons(command: string, name: string, path: readonly PathStep[]): Reason[] {
  const reasons: Reason[] = []
  if (command === '') reasons.push(because('empty-command', path, 'The command is empty.'))
  if (hasHidden(command) || hasLineBreak(command)) reasons.push(because('control-character', path, `${quoted(command)} holds a hidden character.`))
  if (/[^\x00-\x7f]/.test(name)) reasons.push(because('non-ascii-program-name', path, `The program name ${quoted(name)} has letters outside ASCII.`))
  if (command !== command.trim() || name !== name.trim()) reasons.push(because('outer-white-space', path, `${quoted(command)} begins or ends with white space.`))
  else if (/\s/.test(name)) reasons.push(...whiteSpaceReasons(command, name, path))
  return reasons
}

function whiteSpaceReasons(command: string, name: string, path: readonly PathStep[]): Reason[] {
  const first = name.split(/\s/)[0] ?? ''
  const isLine = TARGETS.includes(first) || / -/.test(command)
  const id = isLine ? 'command-line-as-command' : 'white-space-in-program-name'
  return [because(id, path, `${quoted(command)} is one word to kubectl.`)]
}
