import {JSON_TYPE} from '../../src/adapters/api-client.js'
import {readsOf} from '../../src/audit/reads.js'
import type {Topic} from '../../src/audit/severity.js'
import {TOPICS} from '../../src/audit/severity.js'
import {CHECKS} from '../../src/checks/registry.js'
import {factsOf} from '../../src/flows/audit.js'
import type {ReadKey, Resource} from '../../src/kube/resources.js'
import {isEndpoint, rowOf, widerOf} from '../../src/kube/resources.js'
import {reportFacts} from '../../src/wiring/report-facts.js'

const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

/** The lists that an audit of these topics asks for, as [path, Accept]: whoever is compared with it reads the same. Named objects and Secrets are left out. */
export function listsOf(topics: readonly Topic[] = TOPICS): [path: string, accept: string][] {
  return rowsOf(topics).map(row => [`${row.group === '' ? '/api' : `/apis/${row.group}`}/${row.versions[0] ?? ''}/${row.plural}`, row.form === 'metadata' ? METADATA : JSON_TYPE])
}

function rowsOf(topics: readonly Topic[]): Resource[] {
  const checks = CHECKS.filter(({meta}) => topics.includes(meta.topic))
  const keys = readsOf(checks, factsOf(reportFacts(new Set(topics), undefined)))
  const isAnswered = (key: ReadKey): boolean => keys.some(other => other === widerOf(key))
  const read = keys.filter(key => !isAnswered(key))
  const rows: (Resource | null)[] = read.map(key => (isEndpoint(key) ? null : rowOf(key)))
  return rows.filter(row => row !== null).filter(row => row.only === undefined && row.follows === undefined && row.optIn === undefined)
}

/** What somebody would type for the same: resources of a cluster without engines. */
export function resourcesTyped(): string {
  const isBuiltIn = ({group}: Resource): boolean => ['', 'apps', 'batch', 'rbac.authorization.k8s.io', 'networking.k8s.io', 'discovery.k8s.io', 'admissionregistration.k8s.io'].includes(group)
  return rowsOf(TOPICS).filter(isBuiltIn).map(({group, plural}) => (group === '' ? plural : `${plural}.${group}`)).join(',')
}
