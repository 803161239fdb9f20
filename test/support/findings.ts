import type {Finding} from '../../src/audit/finding.js'

/** A finding of which a test names only what it is about. */
export function findingNamed(parts: Partial<Finding>): Finding {
  return {
    check: 'service-external-ip', variant: '', topic: 'external-ips', severity: 'high', state: 'active', severityWhenActive: null, confidence: 'certain',
    object: {apiVersion: 'v1', kind: 'Service', namespace: 'payments', name: 'vip'}, owner: null, count: 1, path: '', message: 'claims an address',
    source: null, details: null, fix: null, fixableBy: 'you', exemption: null, baseline: null, fingerprint: 'k1:0', ...parts,
  }
}
