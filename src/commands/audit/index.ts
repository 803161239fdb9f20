import {Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {CHOICE_FLAGS, INPUT_FLAGS, RESULT_FLAGS, SCOPE_FLAGS} from '../../wiring/audit-flags.js'
import {ASSUMED_FLAGS} from '../../wiring/assumed-flags.js'
import {CONNECTION_FLAGS} from '../../wiring/connection-flags.js'
import {incompleteText} from '../../report/audit/heading.js'
import {openCluster} from '../../wiring/open-cluster.js'
import {parseOutputs, proveWritable, writeOutputs} from '../../wiring/outputs.js'
import {preflight} from '../../wiring/preflight.js'
import {runAudit} from '../../wiring/run-audit.js'
import {isColourWanted} from '../../wiring/screen.js'

export default class Audit extends Command {
  static override summary = 'Audit a cluster, or files, for the doors that Kubernetes 1.21 brought into view.'
  static override description = 'Reads the whole cluster once, read-only, through a kubectl that the guard has judged. Nothing is changed. With -f it reads manifests, dumps of `kubectl get -o json` or a snapshot instead.'
  // oclif's own lists fifty flags, and those that exclude others twice.
  static override usage = 'audit [-n NAMESPACE]... [-f FILE|DIR|-]... [--topic TOPIC]... [-o FORMAT[=FILE]]... [FLAGS]'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --topic external-ips --fail-on high -o table -o sarif=k121.sarif',
    '<%= config.bin %> <%= command.id %> -f cluster.jsonl.gz',
  ]
  static override flags = {
    ...INPUT_FLAGS, ...SCOPE_FLAGS, ...ASSUMED_FLAGS, ...CHOICE_FLAGS, ...RESULT_FLAGS, ...CONNECTION_FLAGS,
    preflight: Flags.boolean({summary: 'Only say which checks these credentials can answer; nothing is audited.', exclusive: ['filename', 'baseline', 'exemptions', 'admission-config', 'assume', 'range'], helpGroup: 'SCOPE'}),
  }

  async run(): Promise<void> {
    const flags: Interfaces.InferredFlags<typeof Audit.flags> = (await this.parse(Audit)).flags
    const outputs = parseOutputs(flags.output ?? [])
    if (flags.preflight) return preflight(flags, outputs, this.config.version)
    proveWritable(outputs)
    await runAudit(flags, progress => openCluster(flags, progress, this.config.version), async result => {
      const width = process.stdout.columns ?? 80
      await writeOutputs(outputs, result, {isColoured: isColourWanted(process.stdout, process.env), width, isFull: flags.full, showPassed: flags['show-passed']})
      // Names alone, or files that nobody looks at now, do not say it.
      if (!outputs.some(({format, file}) => file === null && format !== 'name')) process.stderr.write(incompleteText(result.report))
      process.exitCode = result.report.run.exitCode
    }, this.config.version)
  }
}
