/** A passkey device made of software: Chromium's own, by the WebAuthn domain of the DevTools protocol. */
export async function attachAuthenticator(page, options = {}) {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  })
  const send = (command, parameters = {}) => devTools.send(`WebAuthn.${command}`, { authenticatorId, ...parameters })
  return {
    credentials: async () => (await send('getCredentials')).credentials,
    add: (credential) => send('addCredential', { credential }),
    remove: (credentialId) => send('removeCredential', { credentialId }),
    clear: () => send('clearCredentials'),
    /** Whether somebody touches it when asked. */
    touch: (enabled) => send('setAutomaticPresenceSimulation', { enabled }),
    /** Whether the one who touches it is recognised. */
    recognise: (isUserVerified) => send('setUserVerified', { isUserVerified }),
    /** Makes the next answers lie: `isBogusSignature`, `isBadUV`, `isBadUP`. */
    lie: (bits) => send('setResponseOverrideBits', { isBogusSignature: false, isBadUV: false, isBadUP: false, ...bits }),
    /** What a credential says of its being copied to other devices. */
    describe: (credentialId, flags) => send('setCredentialProperties', { credentialId, ...flags }),
    detach: () => send('removeVirtualAuthenticator'),
  }
}
