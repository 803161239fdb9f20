import {ALLOWED_VOLUMES, IMAGE_VOLUME_SINCE, RESTRICTED_CAPABILITY} from './allowed.js'
import type {ControlText} from './catalogue.js'
import type {RESTRICTED_CONTROLS} from './control.js'

const SECURITY_CONTEXT = {title: 'Security contexts of pods and containers', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/'}
const USER_NAMESPACES = {title: 'User namespaces', url: 'https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/'}
const WINDOWS = 'the same, but a pod with os.name: windows passes'

export const RESTRICTED_PAGES: Readonly<Record<(typeof RESTRICTED_CONTROLS)[number], ControlText>> = {
  allowPrivilegeEscalation: {
    title: 'Privilege Escalation',
    why: 'Unless it is forbidden, a program with the setuid bit or with file capabilities gives a process more rights than it was started with: a user above 0 becomes root by sudo, su or a flaw in one of them.',
    rules: [
      {since: 8, text: 'securityContext.allowPrivilegeEscalation of each container: false. Not set is refused, and there is no field of the pod for it.'},
      {since: 25, text: WINDOWS},
    ],
    remediation: 'Set allowPrivilegeEscalation: false on each container, init and ephemeral ones too.',
    risk: 'sudo, su and ping with the setuid bit fail inside the container. The API refuses the field beside privileged: true.',
    cis: ['5.2.6'], references: [SECURITY_CONTEXT],
  },
  capabilities_restricted: {
    title: 'Capabilities',
    why: 'The capabilities that runtimes give unasked let a container change owners of files, send packets that claim any sender, become another user. Hardly a program needs them.',
    rules: [
      {since: 22, text: `capabilities.drop of each container holds ALL, in exactly these letters, and capabilities.add nothing but ${RESTRICTED_CAPABILITY}. Not set is refused. Takes the place of capabilities_baseline.`},
      {since: 25, text: WINDOWS},
    ],
    remediation: 'Set capabilities.drop: ["ALL"] on each container, init and ephemeral ones too; NET_BIND_SERVICE may stay under add. Without it a program listens above port 1023, or the pod sets the sysctl net.ipv4.ip_unprivileged_port_start.',
    risk: 'An entrypoint that starts as root, changes owners and then becomes another user (chown, gosu, su-exec) fails, as does ping without net.ipv4.ping_group_range. Run the image as its final user from the start.',
    cis: ['5.2.8', '5.2.9', '5.2.10'], references: [SECURITY_CONTEXT],
  },
  procMount_restricted: {
    title: '/proc Mount Type',
    why: 'Since a user namespace excuses procMount at baseline, restricted keeps a rule without that excuse: what /proc shows and takes is that of the node\'s kernel all the same.',
    rules: [{since: 35, text: 'securityContext.procMount of each container: Default or not set, also in a pod with hostUsers: false. Takes the place of procMount.'}],
    remediation: 'Remove the field.',
    risk: 'Programs that start containers or build images inside a container need it: they fit baseline, with hostUsers: false.',
    cis: [], references: [USER_NAMESPACES],
  },
  restrictedVolumes: {
    title: 'Volume Types',
    why: 'Volumes that name their server or device in the pod let its author choose what the node connects to, with drivers of the node that run as root; an administrator of the cluster should decide that by PersistentVolumes.',
    rules: [{since: 0, text: `each volume is one of ${[...ALLOWED_VOLUMES, 'image'].toSorted().join(', ')} (image: servers since 1.${IMAGE_VOLUME_SINCE}). Takes the place of hostPathVolumes.`}],
    remediation: 'Move the source (nfs, iscsi, cephfs …) into a PersistentVolume and use a PersistentVolumeClaim, or an inline CSI driver. gitRepo becomes an init container that clones.',
    risk: 'The claim must be bound before the pod starts. Data stays where it is when the PersistentVolume names the same source and keeps it (persistentVolumeReclaimPolicy: Retain).',
    cis: ['5.2.12'], references: [{title: 'Volumes', url: 'https://kubernetes.io/docs/concepts/storage/volumes/'}],
  },
  runAsNonRoot: {
    title: 'Running as Non-root',
    why: 'Root in a container is root to the kernel: every flaw of runtime or kernel counts for more, and files of the node that are mounted can be written.',
    rules: [
      {since: 0, text: 'securityContext.runAsNonRoot: true of the pod, or of each container; false nowhere, not even where every container says true. A runAsUser above 0 does not stand in for it.'},
      {since: 35, text: 'the same, but a pod with hostUsers: false passes'},
    ],
    remediation: 'Set runAsNonRoot: true for the pod and remove false from containers. Where the image names its user by name, or none, set runAsUser to a number above 0 as well.',
    risk: 'Admission does not look into the image: one that runs as root, or whose user is no number, is accepted and then does not start (CreateContainerConfigError). Files of a volume may belong to root: fsGroup helps. Ports below 1024 need net.ipv4.ip_unprivileged_port_start, as a capability under add is not handed to such a user (with allowPrivilegeEscalation false not by its file either).',
    cis: ['5.2.7'], references: [SECURITY_CONTEXT, USER_NAMESPACES],
  },
  runAsUser: {
    title: 'Running as Non-root user',
    why: 'runAsUser: 0 asks for root, whatever the image says.',
    rules: [
      {since: 23, text: 'securityContext.runAsUser of the pod and of each container: not 0. A 0 of the pod is refused even where every container sets another user.'},
      {since: 35, text: 'the same, but a pod with hostUsers: false passes'},
    ],
    remediation: 'Remove the 0 or set a number above 0; from 1.35 hostUsers: false keeps root inside the pod and makes it nobody on the node.',
    risk: 'Files that only root may read or write: give them a group (fsGroup for volumes) or another owner in the image.',
    cis: ['5.2.7'], references: [SECURITY_CONTEXT, USER_NAMESPACES],
  },
  seccompProfile_restricted: {
    title: 'Seccomp',
    why: 'Not set means no filter of system calls, unless the kubelet was started with another default: a pod that does not say so gets at all of the kernel.',
    rules: [
      {since: 19, text: 'securityContext.seccompProfile of type RuntimeDefault or Localhost, for the pod or for each container, and no other type anywhere. Takes the place of seccompProfile_baseline.'},
      {since: 25, text: WINDOWS},
    ],
    remediation: 'Set seccompProfile: {type: RuntimeDefault} for the pod: it holds for every container that sets none, ephemeral ones too.',
    risk: 'System calls that the default of the runtime blocks fail: keyctl, bpf, perf_event_open, mounts, with newer runtimes io_uring. A profile of one\'s own (Localhost) may allow them; it must be on every node.',
    cis: ['5.7.2'], references: [{title: 'Seccomp in Kubernetes', url: 'https://kubernetes.io/docs/tutorials/security/seccomp/'}],
  },
}
