import {CONTROLS} from '../control.js'
import {appArmorProfile} from './app-armor.js'
import {capabilitiesBaseline, capabilitiesRestricted} from './capabilities.js'
import {allowPrivilegeEscalation, privileged} from './container-flags.js'
import {hostNamespaces} from './host-namespaces.js'
import {hostPorts} from './host-ports.js'
import {hostProbesAndHostLifecycle} from './probe-hosts.js'
import {procMount, procMountRestricted} from './proc-mount.js'
import type {Control} from './rule.js'
import {runAsNonRoot, runAsUser} from './run-as.js'
import {seccompBaseline, seccompRestricted} from './seccomp.js'
import {seLinuxOptions} from './selinux-options.js'
import {sysctls} from './sysctls.js'
import {hostPathVolumes, restrictedVolumes} from './volumes.js'
import {windowsHostProcess} from './windows-host-process.js'

/** Every control, in the order in which the API server names them: baseline, then restricted, each by bytes. */
export const CONTROL_TABLE: readonly Control[] = [
  appArmorProfile, capabilitiesBaseline, hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle, privileged, procMount, seLinuxOptions, seccompBaseline, sysctls, windowsHostProcess,
  allowPrivilegeEscalation, capabilitiesRestricted, procMountRestricted, restrictedVolumes, runAsNonRoot, runAsUser, seccompRestricted,
].toSorted((left, right) => CONTROLS.indexOf(left.id) - CONTROLS.indexOf(right.id))
