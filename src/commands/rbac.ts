import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {readsOf} from '../audit/reads.js'
import {UsageError} from '../errors.js'
import {factsOf} from '../flows/audit.js'
import {quote} from '../printable.js'
import type {RbacSubject} from '../report/audit/rbac.js'
import {renderRbac, rolesFor} from '../report/audit/rbac.js'
import {CHOICE_FLAGS} from '../wiring/audit-flags.js'
import {includedCrds} from '../wiring/included-crds.js'
import {reportFacts} from '../wiring/report-facts.js'
import {chosenChecks, topicsOf} from '../wiring/run-audit.js'

export default class Rbac extends Command {
  static override summary = 'Print the roles that an audit needs, and not one right more.'
  static override description = 'Generated from what the chosen checks read. Reading the Secrets that hold kubeconfigs is a role of its own. Nothing is applied.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --subject serviceaccount:audit:k121 | kubectl apply -f -',
    '<%= config.bin %> <%= command.id %> --topic external-ips',
  ]
  static override flags = {
    ...CHOICE_FLAGS,
    'include-secrets': Flags.boolean({summary: 'Also the role for the Secrets that hold kubeconfigs and Helm releases.'}),
    subject: Flags.string({multiple: true, summary: 'Also bind the roles: user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME; may be repeated.'}),
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof Rbac.flags> = (await this.parse(Rbac)).flags
    const checks = chosenChecks(flags)
    const subjects = (flags.subject ?? []).map(subjectOf)
    const reads = readsOf(checks, factsOf(reportFacts(topicsOf(checks), undefined, {included: includedCrds(flags['include-crd'])})))
    process.stdout.write(renderRbac(rolesFor(reads, flags['include-secrets']), subjects))
  }
}

function subjectOf(text: string): RbacSubject {
  const [, namespace, account] = /^serviceaccount:([^:]+):([^:]+)$/.exec(text) ?? []
  if (namespace !== undefined && account !== undefined) return {kind: 'ServiceAccount', namespace, name: account}
  // Users and groups may hold colons themselves: system:authenticated.
  const [, kind, name] = /^(user|group):(.+)$/s.exec(text) ?? []
  if (name !== undefined) return {kind: kind === 'user' ? 'User' : 'Group', name, namespace: ''}
  throw new UsageError('bad-argument', `${quote(text)} is no subject`, 'one of user:NAME, group:NAME, serviceaccount:NAMESPACE:NAME')
}
