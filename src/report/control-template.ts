import type {ControlPage} from '../pod-security/catalogue.js'
import {REGO_NOTES, regoDocuments} from '../pod-security/rego/template.js'
import {fixDocumentText} from './external-ip-fix.js'

/** `explain --rego CONTROL`: template and constraint, for `kubectl apply -f`. */
export function controlTemplateText(page: ControlPage): string {
  return regoDocuments(page).map((document, index) => fixDocumentText({...document, advice: []}, {warnings: [], notes: index === 0 ? REGO_NOTES : []})).join('---\n')
}
