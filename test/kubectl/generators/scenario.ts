import fc from 'fast-check'
import type {CommandLine} from './command-lines.js'
import {commandLine} from './command-lines.js'
import type {Surroundings} from './environments.js'
import {surroundings} from './environments.js'
import type {HostileFile} from './kubeconfigs.js'
import {hostileFile} from './kubeconfigs.js'
import {PLAIN} from './spelling.js'

/** Everything that the attacker and the person at the keyboard chose. Plain data: the same one can be played again. */
export interface Scenario {
  /** `{attack}/a`. */
  first: HostileFile
  /** `b` in the working directory. */
  second: HostileFile | null
  argv: CommandLine
  surroundings: Surroundings
  /** A script in kubectl's place changes everything between the verdict and kubectl's start. */
  swap: 'none' | 'cold' | 'warm'
}

const wild: fc.Arbitrary<Scenario> = fc.record({
  first: hostileFile,
  second: fc.oneof({withCrossShrink: true}, {weight: 2, arbitrary: fc.constant(null)}, {weight: 1, arbitrary: hostileFile}),
  argv: commandLine,
  surroundings,
  swap: fc.oneof({withCrossShrink: true}, {weight: 5, arbitrary: fc.constant('none' as const)}, {weight: 2, arbitrary: fc.constant('cold' as const)}, {weight: 1, arbitrary: fc.constant('warm' as const)}),
})

/** Only the file's meaning is odd: oddness of every kind at once mostly ends at the first refusal. */
const calm: fc.Arbitrary<Scenario> = fc.record({
  first: hostileFile.map(file => ({...file, tricks: [], spelling: PLAIN})),
  second: fc.constant(null),
  argv: fc.constant(['get', 'pods']),
  surroundings: fc.constant({variables: {PATH: '{bin}', KUBECONFIG: '{attack}/a'}, planted: [], kuberc: null, trust: 'listed' as const}),
  swap: fc.constantFrom('none' as const, 'cold' as const),
})

export const scenario: fc.Arbitrary<Scenario> = fc.oneof({weight: 3, arbitrary: wild}, {weight: 1, arbitrary: calm})
