import type {Ports} from './ports.js'

/** Ports that rules call by name: `TCP/web`. */
export function portNamesOf(rules: readonly {ports: Ports}[]): string[] {
  return rules.flatMap(({ports}) => (ports === 'all' ? [] : ports.flatMap(port => ('name' in port ? [`${port.protocol}/${port.name}`] : []))))
}
