import {Flags} from '@oclif/core'
import {SEVERITIES, TOPICS} from '../audit/severity.js'

const CHOICE = 'WHAT'
const SCOPE = 'SCOPE'
const RESULT = 'RESULT'

/** What is looked at. Shared by the commands that read a cluster. */
export const INPUT_FLAGS = {
  filename: Flags.string({char: 'f', multiple: true, summary: 'Files, directories or "-" instead of a live cluster; may be repeated.', helpGroup: SCOPE}),
  'include-secrets': Flags.boolean({summary: 'Also read the Secrets that hold kubeconfigs and Helm releases; no value is kept or shown.', helpGroup: SCOPE}),
}

export const CHOICE_FLAGS = {
  topic: Flags.option({multiple: true, options: TOPICS, summary: 'Only checks of this topic; may be repeated.', helpGroup: CHOICE})(),
  check: Flags.string({multiple: true, summary: 'Only this check, which may be one that runs on request alone; may be repeated.', helpGroup: CHOICE}),
  skip: Flags.string({multiple: true, summary: 'Not this check; may be repeated.', helpGroup: CHOICE}),
  'include-crd': Flags.string({multiple: true, summary: 'Also judge the pod templates in this resource: GROUP/RESOURCE=PATH, such as batch.example.com/crons=spec.template; may be repeated.', helpGroup: CHOICE}),
}

export const SCOPE_FLAGS = {
  namespace: Flags.string({char: 'n', multiple: true, summary: 'Report only this namespace; may be repeated. Cluster-wide inputs are read all the same.', helpGroup: SCOPE}),
  'all-namespaces': Flags.boolean({char: 'A', summary: 'Report all namespaces, as without -n.', exclusive: ['namespace'], helpGroup: SCOPE}),
  'exclude-namespace': Flags.string({multiple: true, summary: 'Leave these namespaces out of the report; a glob, may be repeated.', helpGroup: SCOPE}),
  probe: Flags.boolean({summary: 'Also ask by dry runs: the creation of Services and of a pod, a label on each namespace; they are in the audit log, and stored nowhere.', exclusive: ['filename'], helpGroup: SCOPE}),
  'probe-namespace': Flags.string({default: 'default', summary: 'Where --probe asks.', helpGroup: SCOPE}),
  'admission-config': Flags.string({summary: 'The API server\'s --admission-control-config-file, which no API shows: defaults and exemptions of Pod Security.', helpGroup: SCOPE}),
  'server-version': Flags.string({summary: 'Judge files as for a server of this version, such as 1.29.', helpGroup: SCOPE}),
}

export const RESULT_FLAGS = {
  output: Flags.string({char: 'o', multiple: true, summary: 'FORMAT, or FORMAT=FILE; may be repeated. Formats: table (default), wide, json, yaml, name, sarif, junit, markdown, policyreport, openreports.', helpGroup: RESULT}),
  'fail-on': Flags.option({default: 'high', options: SEVERITIES, summary: 'Exit 1 from this severity up.', helpGroup: RESULT})(),
  'min-severity': Flags.option({default: 'info', options: SEVERITIES, summary: 'List nothing below; it is counted all the same.', helpGroup: RESULT})(),
  'allow-incomplete': Flags.boolean({summary: 'Exit 0 where something could not be read; it is said all the same.', helpGroup: RESULT}),
  'show-passed': Flags.boolean({summary: 'Also list the checks that passed.', helpGroup: RESULT}),
  full: Flags.boolean({summary: 'List everything, however long it gets.', helpGroup: RESULT}),
  exemptions: Flags.string({summary: 'File of accepted findings, each with a reason and an end date.', helpGroup: RESULT}),
  baseline: Flags.string({summary: 'Earlier report (-o json): exit 1 only for what is new.', helpGroup: RESULT}),
}
