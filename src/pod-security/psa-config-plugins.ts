/**
 * Admission plugins that some kube-apiserver from 1.21 to 1.37 has
 * (pkg/kubeapiserver/options/plugins.go; the generic ones in apiserver). An
 * entry for any other name is skipped without a word.
 */
const ADMISSION_PLUGINS: ReadonlySet<string> = new Set([
  'AlwaysAdmit', 'AlwaysDeny', 'AlwaysPullImages', 'CertificateApproval', 'CertificateSigning', 'CertificateSubjectRestriction', 'ClusterTrustBundleAttest',
  'DefaultIngressClass', 'DefaultStorageClass', 'DefaultTolerationSeconds', 'DenyServiceExternalIPs', 'EventRateLimit', 'ExtendedResourceToleration',
  'ImagePolicyWebhook', 'LimitPodHardAntiAffinityTopology', 'LimitRanger', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook', 'NamespaceAutoProvision',
  'NamespaceExists', 'NamespaceLifecycle', 'NodeDeclaredFeatureValidator', 'NodeRestriction', 'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize', 'PersistentVolumeLabel', 'PodGroupProtection', 'PodNodeSelector', 'PodResizeValidator', 'PodSecurity', 'PodSecurityPolicy',
  'PodTolerationRestriction', 'PodTopologyLabels', 'Priority', 'ResourceQuota', 'RuntimeClass', 'SecurityContextDeny', 'ServiceAccount',
  'StorageObjectInUseProtection', 'TaintNodesByCondition', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook',
])

/** `network.openshift.io/ExternalIPRanger`: plugins of OpenShift's API server are named below a domain of theirs. */
export function isAdmissionPlugin(name: string): boolean {
  return ADMISSION_PLUGINS.has(name) || /^[a-z.]+\.openshift\.io\/[\w-]+$/.test(name)
}
