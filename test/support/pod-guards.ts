import type {Labels} from '../../src/admission/coverage.js'
import {namespaceLabels} from '../../src/admission/namespaces.js'
import type {Answer, PodGuard, PodGuards, PodOperation} from '../../src/admission/pod-security/pod-guard.js'
import {POD_OPERATIONS} from '../../src/admission/pod-security/pod-guard.js'
import type {Fact} from '../../src/audit/fact.js'
import {defineFact} from '../../src/audit/fact.js'
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

function plain({name, action, sees, isIn, controls, gaps, blind = {}}: PodGuard, namespaces: Iterable<[string, Labels]>): PlainGuard {
  return {
    name, action, gaps, blind, operations: POD_OPERATIONS.filter(operation => sees(operation)), controls: controls === null ? null : Object.fromEntries(controls),
    namespaces: isIn === null ? 'all' : [...namespaces].filter(([namespace, own]) => isIn(namespace, own)).map(([namespace]) => namespace),
  }
}

/** The same fact, with everything in it plain. */
export function plainGuards(fact: Fact<PodGuards>, labels: Readonly<Record<string, Labels>> = {}): Fact<PlainGuards> {
  return defineFact({
    id: `plain-${fact.id}`, reads: [], needs: [fact],
    create: context => ({
      end(): PlainGuards {
        const {guards, inert} = context.fact(fact)
        return {guards: guards.map(guard => plain(guard, Object.entries(labels))), inert: inert.map(({name, why}) => `${name}: ${why}`)}
      },
    }),
  })
}

/** A guard as text, for rows that say few words of each. */
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

function shown(engine: string, {name, action, operations, namespaces, controls, gaps}: PlainGuard): ShownGuard {
  const all = Object.entries(controls ?? {})
  return {
    who: `${engine} ${name}`, action, gaps, sees: operations.join(' '), isIn: namespaces === 'all' ? '*' : namespaces.join(' '),
    controls: controls === null ? '?' : all.map(([control, holes]) => (holes.length === 0 ? control : `(${control})`)).join(' '),
    holes: [...new Set(all.flatMap(([, holes]) => holes))],
  }
}

/** In the namespaces that there are, with what could not be read. */
export function shownGuards(fact: Fact<PodGuards>): Fact<{guards: ShownGuard[]; inert: string[]; unread: string[]}> {
  return defineFact({
    id: `shown-${fact.id}`, reads: [], needs: [fact, namespaceLabels],
    create: context => ({
      end() {
        const {guards, inert, unread = []} = context.fact(fact)
        const {labels} = context.fact(namespaceLabels)
        return {
          guards: guards.map(guard => shown(guard.engine, plain(guard, labels))),
          inert: inert.map(({engine, name, why}) => `${engine} ${name}: ${why}`), unread: unread.map(({row}) => row),
        }
      },
    }),
  })
}
