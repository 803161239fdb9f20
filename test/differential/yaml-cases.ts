import type {Random} from './random.js'

/** Everything that means something to a YAML scanner, and a little that does not. */
const TOKENS = [
  'a', 'b', 'c', 'name', 'exec', 'x y', 'é', '😀', ': ', ':', ':\n', '- ', '-', '\n', '\n', '\n', '\n  ', '\n  ', '\n    ', '\n ',
  '  ', ' ', '\t', '#', ' #', '# c\n', "'", '"', "''", '\\', '\\n', '\\\n', '\\x41', '\\u00e9', '\\ud83d', '\\/', '[', ']', '{', '}', ',', ', ',
  '&a ', '&a\n', '&b ', '*a', '*b', '|', '>', '|-', '>+', '|2', '|\n  ', '>\n  ', '---', '...', '---\n', '\n---\n', '\n...\n', '? ', '?',
  '!', '!!str ', '%', '@', '`', '\r\n', '<<', '<<: ', '"<<"', '1', '0x1F', '0o7', '07', '1_0', '.5', '-', '+1', '1e3', 'null', '~', 'yes', 'on',
  '2001-01-01', 'true', 'k: v\n', '- v\n', 'k: v', '"k": ', "'k': ", '{k: v}', '[a, b]', 'a: b', '"q"', "'q'", 'a:', '=',
]

const SCALARS = [
  'aws', 'get-token', '--region', 'eu-west-1', 'https://example.invalid:6443', 'https://h.invalid/?a=b', '"quoted"', "'single'", "'it''s'", '""', "''",
  '"a\\nb"', '"tab\\there"', '"\\u00e9\\x41"', 'plain words here', 'a#b', 'a: b', 'a:b', '- x', '-x', '--', '-', '?x', ':x', 'null', 'Null', 'nULL', '~',
  'yes', 'No', 'ON', 'tRue', 'y', '1', '-1', '+1', '0', '00', '-0', '010', '0o17', '0O17', '0x1f', '0X1F', '0b11', '-0b11', '0b-1', '0B1', '1_000', '_1', '1_',
  '1e3', '1.', '1.5', '.5', '.5_0', '-.5', '+.5e-3', '1e999', '.inf', '.nan', '0x', '08', '089', '9223372036854775807', '9223372036854775808',
  '18446744073709551616', '-9223372036854775809', '0777777777777777777777777777', '0xFFFFFFFFFFFFFFFFF', '190:20:30', '2001-12-14', '2001-12-14 21:59:43.1',
  '=', '<<', '1.2.3', '127.0.0.1', '1e', '1e+', '+', '.', '..', '.e1', '0x1p4', 'LS0tLS1CRUdJTiBD/+4=', '日本', '😀 x', '%a', '@a', '`a', '!a', '*a', '&a b', '*b',
  'a # c', "a 'b' \"c\"", 'a, b', '[x]', '{x}', 'a [b]', 'a ]', '|', '>', '#', '',
]

const KEYS = [
  'apiVersion', 'kind', 'users', 'user', 'exec', 'command', 'args', 'env', 'name', 'value', 'clusters', 'cluster', 'server', '"quoted"', "'single'", '"<<"',
  '<<', 'yes', 'on', '1', 'null', '~', 'a b', 'a-b', 'é', '2001-01-01', '-x', '"a\\tb"', '=', '"1"', 'a:b', 'a#b', '? x', '[a]', '*a', '&a k', '0x1', '.5',
]

/** A run of tokens without any plan: finds the corners that nobody thinks of. */
export function tokenSoup(random: Random): string {
  let text = ''
  for (let left = 1 + random.below(14); left > 0; left--) text += random.pick(TOKENS)
  return text
}

/** A document in the shape of a kubeconfig, each part in a style of its own; often, not always, well formed. */
export function styledDocument(random: Random): string {
  const start = random.chance(0.2) ? random.pick(['---\n', '--- # c\n', '\ufeff', '# c\n', '\n\n', '--- ']) : ''
  const end = random.chance(0.2) ? random.pick(['---\n', '...\n', '# c', '---\n# c\n', '...\nx: y\n', '  \n', '\t\n', '---\na: b\n']) : ''
  let text = start + block(random, 0, 1 + random.below(4)) + end
  if (random.chance(0.15)) text = text.replaceAll('\n', '\r\n')
  return random.chance(0.05) ? text.trimEnd() : text
}

function block(random: Random, indent: number, depth: number): string {
  const pad = ' '.repeat(indent)
  const isList = random.chance(0.35)
  let text = ''
  for (let left = 1 + random.below(3); left > 0; left--) {
    if (random.chance(0.06)) text += random.pick(['\n', '# c\n', `${pad}# c\n`, '  \n', `${pad}\t\n`])
    text += pad + (isList ? `-${value(random, indent, depth, true)}` : `${random.pick(KEYS)}${random.chance(0.05) ? ' ' : ''}:${value(random, indent, depth, false)}`)
  }
  return text
}

/** What stands behind a colon or a dash, up to and with the line break. */
function value(random: Random, indent: number, depth: number, isItem: boolean): string {
  const gap = random.chance(0.9) ? ' ' : random.pick(['  ', '\t', ' \t', '   '])
  const note = random.chance(0.08) ? random.pick([' # c', '\t# c', ' ', '\t', '# c']) : ''
  const anchor = random.chance(0.06) ? random.pick(['&a', '&b', '&a ', '*a', '*b']) : ''
  const inner = indent + random.pick([2, 2, 2, 4, 1, 0])
  const choice = random.below(depth > 0 ? 9 : 6)
  if (choice === 6 && isItem) return `${gap}${block(random, indent + 1 + gap.length, depth - 1).trimStart()}`
  switch (choice) {
    case 0: case 1: case 2: return `${gap}${anchor === '' ? '' : `${anchor} `}${random.pick(SCALARS)}${note}\n`
    case 3: return `${gap}${anchor === '' ? '' : `${anchor} `}${flow(random, 2)}${note}\n`
    case 4: return `${gap}${blockScalar(random, indent)}`
    case 5: return `${gap}${folded(random, inner)}${note}\n`
    default: return `${anchor === '' ? '' : ` ${anchor}`}${note}\n${block(random, inner, depth - 1)}`
  }
}

function blockScalar(random: Random, indent: number): string {
  const header = random.pick(['|', '>', '|-', '>-', '|+', '>+', '|2', '>1-', '|+1', '| # c', '|4', '>9'])
  let text = `${header}\n`
  const pad = ' '.repeat(indent + random.pick([1, 2, 2, 4]))
  for (let left = random.below(6); left > 0; left--) {
    text += random.pick([`${pad}text\n`, `${pad}text\n`, `${pad}  deeper\n`, `${pad}\ttab\n`, '\n', '\n', `${pad}\n`, `${pad}    \n`, ' \n', `${pad}# no comment\n`, `${pad}k: v\n`, `${pad}- x\n`])
  }
  return text
}

function folded(random: Random, indent: number): string {
  const quote = random.pick(['', '', "'", '"'])
  const pad = random.chance(0.1) ? '' : ' '.repeat(indent)
  let text = quote + random.pick(['one', 'one two', 'one  ', 'one\t'])
  for (let left = 1 + random.below(3); left > 0; left--) {
    text += `${random.pick(['\n', '\n', '\n\n', '\n \n', '\n\t\n', quote === '"' ? '\\\n' : '\n', ' \n', '\r\n'])}${pad}${random.pick(['two', '- two', 'two three', '"', "''", '# c', 'k: v', '\ttwo', '---', '\\x41'])}`
  }
  return text + quote
}

function flow(random: Random, depth: number): string {
  const isList = random.chance(0.5)
  const parts: string[] = []
  for (let left = random.below(4); left > 0; left--) {
    const item = depth > 0 && random.chance(0.3) ? flow(random, depth - 1) : random.pick(SCALARS)
    const colon = random.pick([': ', ': ', ': ', ':', ' : ', ':\n ', '\n: '])
    parts.push((random.chance(0.04) ? random.pick(['&a ', '&b ', '*a ', '!x ']) : '') + (isList ? item : random.pick(KEYS) + colon + item))
  }
  const comma = random.pick([', ', ', ', ',', ' , ', ',\n', ',\n  ', ',\t', ', # c\n'])
  const edge = random.pick(['', '', ' ', '\n', '\n  ', '\t', '\n\t'])
  const tail = random.chance(0.1) ? ',' : ''
  return isList ? `[${edge}${parts.join(comma)}${tail}${edge}]` : `{${edge}${parts.join(comma)}${tail}${edge}}`
}

/** Aliases of aliases, around the limits where go-yaml speaks of excessive aliasing. */
export function aliasHeavy(random: Random): string {
  let text = `a: &a0 [${'x, '.repeat(random.below(random.pick([3, 30, 300])))}]\n`
  for (let level = 1; level <= random.below(5); level++) {
    text += `b${level}: &a${level} [${`*a${random.below(level)}, `.repeat(random.below(random.pick([3, 30, 300])))}]\n`
  }
  return text
}

/** One to four small changes to a document that some tool could have written. */
export function mutated(random: Random, seed: string): string {
  let text = seed
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(text.length + 1)
    const until = Math.min(text.length, at + random.below(random.chance(0.2) ? 40 : 3))
    switch (random.below(5)) {
      case 0: text = text.slice(0, at) + random.pick(TOKENS) + text.slice(at); break
      case 1: text = text.slice(0, at) + text.slice(until); break
      case 2: text = text.slice(0, at) + random.pick(TOKENS) + text.slice(until); break
      case 3: text = text.slice(0, at) + text.slice(random.below(text.length + 1)); break
      default: text = text.slice(0, at) + random.pick(['\t', ' ', '\n', '\r', '\u0085', '\u2028', '\0', '\ufeff', '\x1b', '￾', '"', ':']) + text.slice(at)
    }
  }
  return text
}
