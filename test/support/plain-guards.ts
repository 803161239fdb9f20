import type {Fact} from '../../src/audit/fact.js'
import {defineFact} from '../../src/audit/fact.js'
import type {Answer, PodGuards, PodOperation} from '../../src/admission/pod-security/pod-guard.js'
import {POD_OPERATIONS} from '../../src/admission/pod-security/pod-guard.js'
import type {ControlId} from '../../src/pod-security/control.js'

/** A guard without its functions: they are asked, so that two of them can be compared. */
export interface PlainGuard {
  name: string
  action: Answer
  operations: readonly PodOperation[]
  /** Of those that were asked about. */
  namespaces: readonly string[] | 'all'
  controls: Readonly<Partial<Record<ControlId, readonly string[]>>> | null
  gaps: readonly string[]
  blind: Readonly<Partial<Record<PodOperation, string>>>
}

export interface PlainGuards {
  guards: readonly PlainGuard[]
  /** `NAME: why` */
  inert: readonly string[]
}

/** The same fact, with everything in it plain. */
export function plainGuards(fact: Fact<PodGuards>, labels: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): Fact<PlainGuards> {
  return defineFact({
    id: `plain-${fact.id}`, reads: [], needs: [fact],
    create: context => ({
      end(): PlainGuards {
        const {guards, inert} = context.fact(fact)
        return {
          guards: guards.map(({name, action, sees, isIn, controls, gaps, blind = {}}) => ({
            name, action, gaps, blind, operations: POD_OPERATIONS.filter(operation => sees(operation)), controls: controls === null ? null : Object.fromEntries(controls),
            namespaces: isIn === null ? 'all' : Object.entries(labels).filter(([namespace, own]) => isIn(namespace, own)).map(([namespace]) => namespace),
          })),
          inert: inert.map(({name, why}) => `${name}: ${why}`),
        }
      },
    }),
  })
}
