import {SPEC_MESSAGE, STATUS_MESSAGE} from './fix.js'

/** Kind and name of the template that `external-ips fix --to gatekeeper` prints, and an audit knows again. */
export const KIND = 'K121ExternalIPs'
export const TEMPLATE = 'k121externalips'

/**
 * Rego of the first version, which every Gatekeeper reads. An audit of what is
 * there has no old object, so it lists the present external IPs; load-balancer
 * statuses are judged in requests alone. A deletion, where Gatekeeper is asked
 * about any, has the old object on both sides.
 */
export const REGO = `package ${TEMPLATE}

violation[{"msg": msg}] {
  address := input.review.object.spec.externalIPs[_]
  not is_held(address)
  not is_allowed(address)
  msg := sprintf("${SPEC_MESSAGE}: %v", [address])
}

violation[{"msg": msg}] {
  input.review.subResource == "status"
  not is_controller
  entry := input.review.object.status.loadBalancer.ingress[_]
  not is_entered(entry)
  msg := sprintf("${STATUS_MESSAGE}: %v", [entry])
}

is_held(address) {
  input.review.oldObject.spec.externalIPs[_] == address
}

is_allowed(address) {
  net.cidr_contains(input.parameters.allowedCIDRs[_], address)
}

is_controller {
  input.review.userInfo.username == input.parameters.controllers[_]
}

is_entered(entry) {
  input.review.oldObject.status.loadBalancer.ingress[_] == entry
}`
