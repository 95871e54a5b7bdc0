import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(() => {
  // a test of files asks for Node's own environment, which has no page
  if (!('document' in globalThis)) return
  cleanup()
  localStorage.clear()
})
