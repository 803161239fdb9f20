import type {CheckContext, Variant} from '../../audit/check.js'
import type {KubeObject} from '../../kube/json.js'
import type {Severity} from '../../audit/severity.js'
import type {ExecUse} from './exec-use.js'

/** The variants of every check of this topic; only how grave they are differs with what reads the file. */
export function execVariants(dangerous: Severity, unknown: Severity, insecure: Severity): Record<ExecUse['variant'], Variant> {
  return {
    dangerous: {severity: dangerous, title: 'It names a program that has no business there'},
    unknown: {severity: unknown, title: 'It names a program that nothing vouches for'},
    'insecure-connection': {severity: insecure, title: 'Its connection is not checked or not encrypted'},
  }
}

export interface UseReport {
  object: KubeObject
  path: string
  /** Who runs it: `Argo CD`. */
  who: string
  /** Ends the sentence: what else has to be so. */
  unless?: string
  isLatent?: boolean
  isDerived?: boolean
}

/** The object itself is not kept; its name, place and one sentence are. */
export function reportUse(context: CheckContext, use: ExecUse, {object, path, who, unless = '', isLatent = false, isDerived = false}: UseReport): void {
  context.report({
    object, path, variant: use.variant, key: JSON.stringify([path, use.key]), isLatent, message: `${who} ${use.text}${unless}`,
    ...(isDerived ? {confidence: 'derived' as const} : {}),
    ...(use.verdict === null ? {} : {details: {type: 'exec' as const, verdict: use.verdict, reasons: use.reasons}}),
  })
}

export const EXEC_REFERENCES = [
  {title: 'client-go credential plugins', url: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins'},
  {title: 'CVE-2022-24817: Flux ran the exec of a tenant\'s kubeconfig', url: 'https://github.com/fluxcd/flux2/security/advisories/GHSA-vvmq-fwmg-2gjc'},
]
