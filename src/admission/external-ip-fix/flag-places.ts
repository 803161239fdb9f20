/** Where a platform keeps the flags of its API servers. */
export interface FlagPlace {
  advice: readonly string[]
  /** Why nobody but the provider can set them; null: you can. */
  cannot: string | null
}

const HERE = 'what is possible here: --to vap, gatekeeper or kyverno'

const YOURS: ReadonlyMap<string, string> = new Map([
  ['k3s', 'k3s: /etc/rancher/k3s/config.yaml of every server, list kube-apiserver-arg, the line without its dashes; then restart k3s.'],
  ['rke2', 'RKE2: /etc/rancher/rke2/config.yaml of every server, list kube-apiserver-arg, the line without its dashes; then restart rke2-server.'],
  ['k0s', 'k0s: ClusterConfig, spec.api.extraArgs, key enable-admission-plugins; then restart the controllers.'],
  ['microk8s', 'MicroK8s: /var/snap/microk8s/current/args/kube-apiserver; then restart microk8s.'],
  ['minikube', 'minikube: start it with --extra-config=apiserver.enable-admission-plugins=LIST.'],
  ['kind', 'kind: kubeadmConfigPatches of kind ClusterConfiguration, apiServer.extraArgs, when the cluster is created.'],
  ['talos', 'Talos: machine configuration, cluster.apiServer.extraArgs, key enable-admission-plugins.'],
])

const THEIRS: ReadonlyMap<string, string> = new Map([
  ['eks', `EKS has no way to set flags of its API servers, and does not list the plugin among those it turns on: ${HERE}`],
  ['aks', `AKS has no way to set flags of its API servers, and does not list the plugin among those it turns on: ${HERE}`],
  ['doks', `DigitalOcean has no way to set flags of its API servers: ${HERE}`],
  ['gke', `GKE sets the plugin itself: gcloud container clusters update NAME --no-enable-service-externalips; it is so for clusters created at 1.21 or later, unless told otherwise. For the status road: --to vap`],
  ['openshift', `OpenShift manages its API servers' plugins; its own ExternalIPRanger refuses external IPs unless spec.externalIP.policy of the Network "cluster" allows them, or the user may create service/externalips in network.openshift.io. For the status road: --to vap`],
])

const KUBEADM = 'kubeadm: apiServer.extraArgs of the ClusterConfiguration (ConfigMap kubeadm-config), or the next upgrade undoes it; and /etc/kubernetes/manifests/kube-apiserver.yaml of every control-plane node, where the kubelet restarts the server by itself.'

export function placeOf(platform: string | null): FlagPlace {
  const cannot = THEIRS.get(platform ?? '') ?? null
  const own = YOURS.get(platform ?? '')
  return {cannot, advice: own === undefined ? [KUBEADM, 'k3s and RKE2: the list kube-apiserver-arg in config.yaml, without the dashes.'] : [own]}
}
