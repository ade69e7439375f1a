import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../../support/free-ports.ts'
import { start, type Running } from '../processes.ts'

/** A directory of people, which answers on loopback. */
export interface Directory {
  /** `127.0.0.1:<port>` */
  host: string
  program: Running
}

/** Starts Debian's slapd with a few people and their teams. */
export async function startSlapd(folder: string): Promise<Directory> {
  if (spawnSync('slapd', ['-VV']).error !== undefined)
    throw new Error('slapd is not installed: apt-get install slapd')
  const [port = 0] = await freePorts(1)
  const config = join(folder, 'slapd.conf')
  const people = join(folder, 'people.ldif')
  mkdirSync(join(folder, 'people'))
  writeFileSync(config, configuration(folder))
  writeFileSync(people, PEOPLE)
  execFileSync('slapadd', ['-f', config, '-l', people])
  const host = `127.0.0.1:${port}`
  return { host, program: start('slapd', ['-f', config, '-h', `ldap://${host}`, '-d', '0']) }
}

function configuration(folder: string): string {
  const schemas = ['core', 'cosine', 'inetorgperson']
  return `${schemas.map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
pidfile ${folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=example,dc=com
directory ${folder}/people
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact=cn=dex,dc=example,dc=com read by * none
`
}

const PEOPLE = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=dex,dc=example,dc=com
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: dex
userPassword: reader

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: uid=ann,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: ann
cn: Ann Lee
sn: Lee
mail: ann@example.com
userPassword: correct horse

dn: ou=teams,dc=example,dc=com
objectClass: organizationalUnit
ou: teams

dn: cn=admins,ou=teams,dc=example,dc=com
objectClass: groupOfNames
cn: admins
member: uid=ann,ou=people,dc=example,dc=com
`
