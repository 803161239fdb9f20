/**
 * Namespaces that somebody else made and goes on changing: a label that is put
 * there is taken away with the next reconciliation, or keeps the part from
 * running that the provider puts there tomorrow.
 */
interface Rule {
  /** `openshift-*` stands for every name with that start. */
  names: readonly string[]
  owner: string
}

const RULES: readonly Rule[] = [
  // kubernetes/kubernetes pkg/controlplane/controller/systemnamespaces, and the leases of nodes.
  {owner: 'Kubernetes', names: ['kube-system', 'kube-public', 'kube-node-lease']},
  // OpenShift, "Controlling pod security admission synchronization": namespaces of the cluster payload.
  {owner: 'OpenShift', names: ['openshift', 'openshift-*']},
  // Rancher, "Sample PodSecurityConfiguration" of rancher-restricted (v2.7 to v2.15), without what anybody may install by other ways too.
  {owner: 'Rancher', names: ['cattle-*', 'fleet-default', 'fleet-local', 'rancher-*', 'cis-operator-system', 'compliance-operator-system', 'security-scan', 'sr-operator-system']},
  // The same list, and Calico's documentation of its operator.
  {owner: 'Calico', names: ['calico-system', 'calico-apiserver', 'tigera-*']},
  // Google Cloud's documentation of GKE: managed namespaces, Managed Service for Prometheus, Config Sync, Config Connector, Cloud Service Mesh.
  {owner: 'GKE', names: ['gke-*', 'gmp-system', 'gmp-public', 'config-management-*', 'resource-group-system', 'cnrm-system', 'configconnector-operator-system', 'asm-system']},
  // Microsoft's documentation of AKS: Istio and application routing add-ons, Run Command, Azure Arc.
  {owner: 'AKS', names: ['aks-*', 'app-routing-system', 'azure-arc', 'azure-extensions-usage-system']},
  // AWS's documentation of EKS add-ons: CloudWatch, GuardDuty, Fargate's log router.
  {owner: 'EKS', names: ['amazon-cloudwatch', 'amazon-guardduty', 'amazon-network-flow-monitor', 'aws-observability']},
  // IBM Cloud's and VMware's own.
  {owner: 'IBM Cloud', names: ['ibm-system', 'ibm-operators', 'ibm-cert-store', 'ibm-observe', 'ibm-odf-validation-webhook']},
  {owner: 'VMware', names: ['vmware-system-*', 'tkg-system', 'tkg-system-public']},
  // kubernetes-sigs/kind pkg/cluster/internal/create/actions/installstorage.
  {owner: 'kind', names: ['local-path-storage']},
]

const EXACT: ReadonlyMap<string, string> = new Map(RULES.flatMap(({names, owner}) => names.filter(name => !name.endsWith('*')).map(name => [name, owner] as const)))
const PREFIXES: readonly (readonly [string, string])[] = RULES.flatMap(({names, owner}) => names.filter(name => name.endsWith('*')).map(name => [name.slice(0, -1), owner] as const))

/** Labels by which whoever reconciles a namespace marks it (kubernetes/kubernetes cluster/addons/addon-manager; AKS). */
const MARKS: readonly {label: string; value: string | null; owner: string}[] = [
  {label: 'kubernetes.azure.com/managedby', value: null, owner: 'AKS'},
  {label: 'addonmanager.kubernetes.io/mode', value: 'Reconcile', owner: 'the addon manager'},
]

/** Who owns a namespace; null: nobody that is known here. */
export function ownerOfNamespace(name: string, labels: Readonly<Record<string, string>>): string | null {
  const known = EXACT.get(name) ?? PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1]
  if (known !== undefined) return known
  return MARKS.find(({label, value}) => labels[label] !== undefined && (value === null || labels[label] === value))?.owner ?? null
}
