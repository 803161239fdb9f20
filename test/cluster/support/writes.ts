import type {AuditEvent, RealApiServer} from './api-server.js'

const READS = ['get', 'list', 'watch']

/** Everything that this user asked for and that is no reading, as the API server's own log has it. */
export async function writesOf(server: RealApiServer, user: string): Promise<AuditEvent[]> {
  return (await server.auditEvents()).filter(event => event.user.username === user && !READS.includes(event.verb))
}

export function isDryRun({requestURI}: AuditEvent): boolean {
  return new URL(requestURI, 'https://server').searchParams.getAll('dryRun').join() === 'All'
}
