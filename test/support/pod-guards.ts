import type {PodGuards} from '../../src/admission/pod-security/pod-guard.js'
import {POD_OPERATIONS} from '../../src/admission/pod-security/pod-guard.js'
import {namespaceLabels} from '../../src/admission/namespaces.js'
import type {Fact} from '../../src/audit/fact.js'
import {defineFact} from '../../src/audit/fact.js'

/** A guard as text that can be compared: what it asks is answered, its functions are not. */
export interface ShownGuard {
  who: string
  action: string
  sees: string
  /** `*`: everywhere, also where nobody has looked. */
  isIn: string
  /** `?`: not known. */
  controls: string
  /** Of the controls, by what they say. */
  holes: readonly string[]
  gaps: readonly string[]
}

export function shownGuards(fact: Fact<PodGuards>): Fact<{guards: ShownGuard[]; inert: string[]; unread: string[]}> {
  return defineFact({
    id: `shown-${fact.id}`, reads: [], needs: [fact, namespaceLabels],
    create: context => ({
      end() {
        const {guards, inert, unread = []} = context.fact(fact)
        const {labels} = context.fact(namespaceLabels)
        return {
          guards: guards.map(({engine, name, action, controls, gaps, isIn, ...guard}) => ({
            who: `${engine} ${name}`, action, gaps, sees: POD_OPERATIONS.filter(operation => guard.sees(operation)).join(' '),
            isIn: isIn === null ? '*' : [...labels].filter(([namespace, own]) => isIn(namespace, own)).map(([namespace]) => namespace).join(' '),
            controls: controls === null ? '?' : [...controls].map(([control, holes]) => (holes.length === 0 ? control : `(${control})`)).join(' '),
            holes: [...new Set([...(controls ?? [])].flatMap(([, holes]) => holes))],
          })),
          inert: inert.map(({engine, name, why}) => `${engine} ${name}: ${why}`), unread: unread.map(({row}) => row),
        }
      },
    }),
  })
}
