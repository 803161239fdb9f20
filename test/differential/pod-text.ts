import type {Judged} from '../../src/pod-security/evaluate.js'
import type {Random} from './random.js'

/**
 * Text that tells one quoting or one order from another. Halves of surrogate
 * pairs can stand in JSON; Go reads U+FFFD in their place.
 */
const PIECES = [
  'a', 'Z', '0', ' ', '"', '\\', '\'', '`', '<', '>', '&', '%', '%q', '{', '=', ',', ', ', '\n', '\r', '\t', '\0', '\u0001', '\u0007', '\b', '\u000b', '\f', '\u001b', '\u001f', '\u007f',
  '\u0080', '\u0085', '\u00a0', '\u00ad', 'é', 'ß', '\u0300', '\u0378', '\u0600', '\u061c', '\u1680', '\u180e', '\u200b', '\u200d', '\u202e', '\u2028', '\u2029', '\u3000', '日', '\ud800', '\udfff', '\ue000', '\ufdd0', '\ufeff', '\ufffd', '\uffff',
  '\u{10000}', '\u{1f600}', '\u{1f1e6}', '\u{20000}', '\u{2ebf0}', '\u{31350}', '\u{323b0}', '\u{e0001}', '\u{f0000}', '\u{10ffff}',
] as const

export function oddText(random: Random): string {
  return Array.from({length: random.below(5)}, () => (random.chance(0.05) ? anyCharacter(random) : random.pick(PIECES))).join('')
}

/** Any code point but a surrogate: those do not survive UTF-8. */
function anyCharacter(random: Random): string {
  const point = random.below(0x11_0000 - 0x800)
  return String.fromCodePoint(point < 0xd800 ? point : point + 0x800)
}

/** Mostly one of these, now and then something odd. */
export function textOf(random: Random, values: readonly string[], odd = 0.08): string {
  return random.chance(odd) ? oddText(random) : random.pick(values)
}

const POINTS_IN_ONE = 512

/** All characters there are, in annotations that no level allows: the message quotes each as Go does. */
export function everyCharacter(): Judged[] {
  const pods: Judged[] = []
  for (let plane = 0; plane <= 0x10; plane++) {
    const annotations: Record<string, string> = {}
    for (let start = plane * 0x1_0000; start < (plane + 1) * 0x1_0000; start += POINTS_IN_ONE) {
      const points = Array.from({length: POINTS_IN_ONE}, (_, index) => start + index).filter(point => point < 0xd800 || point > 0xdfff)
      annotations[`container.apparmor.security.beta.kubernetes.io/${start}`] = `x${String.fromCodePoint(...points)}`
    }
    pods.push({metadata: {annotations}, spec: {}})
  }
  return pods
}
