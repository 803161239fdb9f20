import type {Json, JsonObject} from '../../../src/kube/json.js'
import type {Random} from '../../differential/random.js'
import type {Level} from './namespaces.js'
import {hex} from './model.js'

const VARIABLES = [
  'DATABASE_URL', 'REDIS_ADDRESS', 'KAFKA_BROKERS', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'LOG_LEVEL', 'LOG_FORMAT', 'HTTP_PORT', 'GRPC_PORT',
  'FEATURE_FLAGS_URL', 'CACHE_TTL_SECONDS', 'MAX_CONNECTIONS', 'SHUTDOWN_GRACE_SECONDS', 'REGION', 'TENANT', 'AUTH_ISSUER', 'AUTH_AUDIENCE', 'RATE_LIMIT_PER_SECOND',
]

export interface PodShape {
  spec: JsonObject
  containers: readonly {name: string; image: string}[]
}

/** What a Helm chart of a common web service renders to: probes, limits, a dozen variables, now and then a mesh sidecar. 8 to 10 KB as the server stores it. */
export function podShape(random: Random, app: string, level: Level): PodShape {
  const image = `registry.example.com/shop/${app}:v${random.below(9)}.${random.below(40)}.${random.below(20)}`
  const isHardened = level === 'restricted' || random.chance(0.3)
  const main = container(random, app, image, isHardened)
  const proxy = random.chance(0.25) ? [container(random, 'mesh-proxy', 'registry.example.com/mesh/proxy:1.24.2', isHardened)] : []
  // Where nothing forbids it, some pods ask for what they should not.
  const isDangerous = level === 'privileged' && random.chance(0.08)
  const containers = [isDangerous ? {...main, securityContext: {privileged: true}} : main, ...proxy]
  const volumes: Json[] = [
    {name: 'api-access', projected: {defaultMode: 420, sources: [
      {serviceAccountToken: {expirationSeconds: 3607, path: 'token'}}, {configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
      {downwardAPI: {items: [{path: 'namespace', fieldRef: {fieldPath: 'metadata.namespace'}}]}},
    ]}},
    {name: 'config', configMap: {name: `${app}-config`}}, {name: 'scratch', emptyDir: {}}, ...isDangerous ? [{name: 'host', hostPath: {path: '/var/run'}}] : [],
  ]
  return {
    containers: containers.map(({name, image}) => ({name, image})),
    spec: {
      serviceAccountName: 'default', terminationGracePeriodSeconds: 30, volumes, containers,
      ...isDangerous && random.chance(0.5) ? {hostNetwork: true} : {},
      securityContext: isHardened ? {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: {type: 'RuntimeDefault'}} : {},
      ...random.chance(0.2) ? {initContainers: [container(random, 'migrate', image, isHardened)]} : {},
      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [
        {weight: 100, podAffinityTerm: {topologyKey: 'topology.kubernetes.io/zone', labelSelector: {matchLabels: {'app.kubernetes.io/name': app}}}},
      ]}},
      tolerations: [{key: 'dedicated', operator: 'Equal', value: 'shop', effect: 'NoSchedule'}],
    },
  }
}

function container(random: Random, name: string, image: string, isHardened: boolean) {
  const probe = (path: string): JsonObject => ({httpGet: {path, port: 'http', scheme: 'HTTP'}, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3})
  const isInit = name === 'migrate'
  const count = isInit ? 4 : 6 + random.below(8)
  return {
    name, image, imagePullPolicy: 'IfNotPresent', args: isInit ? ['migrate', '--wait'] : ['serve', '--config=/etc/app/config.yaml', `--shards=${1 + random.below(16)}`],
    ...isInit ? {} : {
      ports: [{name: 'http', containerPort: name === 'mesh-proxy' ? 15021 : 8080, protocol: 'TCP'}, {name: 'metrics', containerPort: name === 'mesh-proxy' ? 15090 : 9090, protocol: 'TCP'}],
      livenessProbe: probe('/healthz'), readinessProbe: probe('/readyz'),
    },
    env: VARIABLES.slice(0, count).map((variable): Json => (variable === 'DATABASE_URL'
      ? {name: variable, valueFrom: {secretKeyRef: {name: 'database', key: 'url'}}}
      : {name: variable, value: `${variable.toLowerCase().replaceAll('_', '-')}.${hex(random, 8)}.svc`})),
    resources: {requests: {cpu: `${50 + random.below(20) * 10}m`, memory: `${64 + random.below(8) * 32}Mi`}, limits: {memory: '512Mi'}},
    securityContext: isHardened ? {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}} : {},
    volumeMounts: [
      {name: 'api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true}, {name: 'config', mountPath: '/etc/app'}, {name: 'scratch', mountPath: '/tmp'},
    ],
  } as const
}
