/** Makes `ca.crt` and `ca.key` in a folder: the authority that all of a plane's parties trust. */
export function makeAuthority(folder: string): Promise<void>

/**
 * Makes `<name>.crt` and `<name>.key` in a folder, signed by the authority there.
 *
 * @param who `user` and `groups` for a client, `hosts` (`IP:127.0.0.1`, `DNS:localhost`) for a server
 */
export function makeCertificate(
  folder: string,
  name: string,
  who: { user: string; groups?: string[]; hosts?: string[] },
): Promise<void>
