import type {PodCoverage} from '../../admission/pod-security/pod-coverage.js'
import {compareText} from '../../audit/order.js'
import type {Enforcer, EnforcerSum} from './plan.js'

/** Who refuses a pod when it is made, by namespace: of each engine how many controls. */
export function enforcersByNamespace({lines}: Pick<PodCoverage, 'lines'>): ReadonlyMap<string, readonly Enforcer[]> {
  const controls = new Map<string, Map<string, Set<string>>>()
  for (const {operation, answer, control, namespaces, by} of lines) {
    if (operation !== 'create' || answer !== 'refused') continue
    for (const name of namespaces) {
      const engines = controls.get(name) ?? new Map<string, Set<string>>()
      controls.set(name, engines)
      for (const {engine} of by) engines.set(engine, (engines.get(engine) ?? new Set()).add(control))
    }
  }
  return new Map([...controls].map(([name, engines]) => [name, [...engines].map(([engine, of]) => ({engine, controls: of.size})).toSorted((a, b) => compareText(a.engine, b.engine))]))
}

/** Namespaces in which it is not known what becomes of some pod when it is made. */
export function unknownNamespaces({lines}: Pick<PodCoverage, 'lines'>): ReadonlySet<string> {
  return new Set(lines.filter(({operation, answer}) => operation === 'create' && answer === 'unknown').flatMap(({namespaces}) => namespaces))
}

/** Each engine that refuses something, or has something that does nothing. */
export function enforcerSums(namespaces: readonly {enforcers: readonly Enforcer[]}[], inert: PodCoverage['inert']): EnforcerSum[] {
  const names = new Set([...namespaces.flatMap(({enforcers}) => enforcers.map(({engine}) => engine)), ...inert.map(({engine}) => engine)])
  return [...names].toSorted(compareText).map(engine => ({
    engine,
    namespaces: namespaces.filter(({enforcers}) => enforcers.some(one => one.engine === engine)).length,
    inert: inert.filter(one => one.engine === engine).map(({name, why}) => ({name, why})),
  }))
}
