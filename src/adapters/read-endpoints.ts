import type {ReadOutcome} from '../audit/outcome.js'
import {unread} from '../audit/outcome.js'
import type {Pages} from '../audit/source.js'
import {isMapping} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import type {EndpointKey} from '../kube/resources.js'
import {ENDPOINTS} from '../kube/resources.js'
import type {ApiClient, ApiFailure} from './api-client.js'

/** Asks with a dry-run creation; only where somebody said so. */
export type Probe = () => Promise<{object: KubeObject | null; outcome: ReadOutcome}>

export interface EndpointOptions {
  probe?: Probe | undefined
  podSecurityProbe?: Probe | undefined
  dualStackProbe?: Probe | undefined
  serverUrl?: string | undefined
}

/** Paths beside the API's resources; each gives one object of ours. */
export function readEndpoint(key: EndpointKey, client: ApiClient, {probe, podSecurityProbe, dualStackProbe, serverUrl = ''}: EndpointOptions): Pages {
  switch (key) {
    case 'version': return readVersion(client)
    case 'flagz': return readFlagz(client)
    case 'metrics': return readMetrics(client)
    case 'external-ip-probe': return readProbe(probe)
    case 'pod-security-probe': return readProbe(podSecurityProbe)
    case 'dual-stack-probe': return readProbe(dualStackProbe)
    case 'admission-config': return notGiven()
    case 'connection': return readConnection(serverUrl)
  }
}

const OURS = 'k121.dev/v1'

async function* readVersion(client: ApiClient): Pages {
  const result = await client.ask({path: ENDPOINTS.version.path}).document()
  if (!result.ok) return refused(result.failure)
  const {value} = result.value
  if (!isMapping(value as Json)) return unread('not-understood', '/version is no object')
  yield [{...(value as Record<string, Json>), apiVersion: OURS, kind: 'Version'}]
  return one()
}

/** Plain JSON is answered 406: only this form may be read by programs. */
const FLAGZ_TYPE = 'application/json;as=Flagz;v=v1beta1;g=config.k8s.io'

async function* readFlagz(client: ApiClient): Pages {
  if (!client.hasAccept) return unread('not-observable', '/flagz cannot be asked for through kubectl get --raw')
  const result = await client.ask({path: ENDPOINTS.flagz.path, accept: FLAGZ_TYPE}).document()
  if (!result.ok) {
    if (result.failure.kind === 'unacceptable') return unread('not-served', `the server has no /flagz that programs may read: ${result.failure.detail}`)
    return refused(result.failure)
  }
  const value = result.value.value as Json
  if (!isMapping(value) || value['kind'] !== 'Flagz' || !isMapping(value['flags'])) return unread('not-understood', '/flagz has no list of flags')
  yield [{apiVersion: typeof value['apiVersion'] === 'string' ? value['apiVersion'] : OURS, kind: 'Flagz', flags: value['flags']}]
  return one()
}

const ADMISSION = /^apiserver_admission_controller_admission_duration_seconds_count\{(?:[^}]*,)?name="([^"]+)"/
/** Policies from files, which the API does not show; the line is there once such a file is in force. */
const MANIFESTS = /^apiserver_manifest_admission_config_controller_last_config_info[{ ]/

/** Megabytes of text, of which a few lines are kept. */
async function* readMetrics(client: ApiClient): Pages {
  const plugins = new Set<string>()
  let hasManifests = false
  const result = await client.lines(ENDPOINTS.metrics.path, line => {
    const plugin = ADMISSION.exec(line)?.[1]
    if (plugin !== undefined) plugins.add(plugin)
    hasManifests ||= MANIFESTS.test(line)
  })
  if (!result.ok) return refused(result.failure)
  yield [{apiVersion: OURS, kind: 'AdmissionMetrics', plugins: [...plugins].sort(), manifestConfig: hasManifests}]
  return one()
}

async function* readProbe(probe: Probe | undefined): Pages {
  if (probe === undefined) return unread('not-requested', 'asked only with --probe')
  const {object, outcome} = await probe()
  if (object !== null) yield [object]
  return outcome
}

/** No server shows it; who has the file gives it. */
// oxlint-disable-next-line require-yield
async function* notGiven(): Pages {
  return unread('not-requested', 'no API shows it: give the file with --admission-config')
}

/** The address that was dialled. A name is resolved by whoever connects: it is no address that a Service could claim. */
async function* readConnection(server: string): Pages {
  if (!URL.canParse(server)) return unread('not-observable', 'the address of the server is not known')
  const {hostname, port, protocol} = new URL(server)
  yield [{apiVersion: OURS, kind: 'Connection', host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port)}]
  return one()
}

function one(): ReadOutcome {
  return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 1, detail: ''}
}

function refused({kind, detail}: ApiFailure): ReadOutcome {
  if (kind === 'forbidden') return unread('forbidden', detail)
  if (kind === 'missing') return unread('not-served', detail)
  return unread(kind === 'not-understood' || kind === 'too-large' || kind === 'unacceptable' ? 'not-understood' : 'unreachable', detail)
}
