/**
 * Rego of the first version, which every Gatekeeper reads. `failures(pod)` is a
 * control's own; the rest is the same in all templates, and a template holds
 * only the functions that it calls.
 */
export const RULE = `# Each message names one place in the pod.
violation[{"msg": msg}] {
  found := failures(input.review.object) - kept
  msg := found[_]
}

# A change is refused for what it adds: labels of a pod that was there before
# can still be changed. Whoever adds an ephemeral container has the whole pod
# judged, as Pod Security admission does. Creations and audits have no old pod,
# and Gatekeeper shows a deleted one on both sides.
kept = failures(input.review.oldObject) {
  not is_ephemeral
} else = set() {
  true
}

is_ephemeral {
  input.review.subResource == "ephemeralcontainers"
}`

/** In the order in which a template prints them; each may call those before it. */
export const FUNCTIONS = {
  containers: `# Sidecars are init containers.
containers(pod) = {container | container := pod.spec[container_lists[_]][_]}

container_lists = {"initContainers", "containers", "ephemeralContainers"}`,
  holders: `# Whatever has a security context, by the name that a message gives it.
holders(pod) = the_pod | the_containers {
  the_pod := {holder | holder := {"name": "the pod", "context": pod.spec.securityContext}}
  all := containers(pod)
  the_containers := {holder |
    container := all[_]
    holder := {"name": sprintf("container %v", [container.name]), "context": container.securityContext}
  }
}`,
  has_user_namespace: `has_user_namespace(pod) {
  pod.spec.hostUsers == false
}`,
  is_windows: `is_windows(pod) {
  pod.spec.os.name == "windows"
}`,
} as const

export type FunctionName = keyof typeof FUNCTIONS

/** A set of texts; what is long stands one to a line. */
export function textSet(texts: Iterable<string>): string {
  const quoted = [...texts].toSorted().map(text => JSON.stringify(text))
  const line = `{${quoted.join(', ')}}`
  return line.length <= 100 ? line : `{\n${quoted.map(text => `  ${text},\n`).join('')}}`
}

/** Both levels speak of it; baseline lets pods with a user namespace off. */
export function procMountRule(exception = ''): string {
  return `failures(pod) = {msg |
${exception}  all := containers(pod)
  container := all[_]
  mount := container.securityContext.procMount
  is_string(mount)
  mount != "Default"
  msg := sprintf("container %v must not set procMount %q", [container.name, mount])
}`
}
