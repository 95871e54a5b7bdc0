import { ProblemError } from '@k/ui'
import { renderKit } from '@k/ui/testing'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { catalog } from '../../text/text'
import { FactorChooser } from './factorChooser'

const requestOptions = () => Promise.reject(new Error('nobody asks here'))

function show(methods: string[], prove = vi.fn().mockResolvedValue(undefined)) {
  renderKit(<FactorChooser methods={methods} requestOptions={requestOptions} prove={prove} submitLabel="Go" />, { catalog })
  return prove
}

afterEach(() => vi.unstubAllGlobals())

test('a code is sent under the method it belongs to, without the spaces around it', async () => {
  const prove = show(['totp', 'recoveryCode'])
  await userEvent.type(screen.getByLabelText('Six-digit code'), '012 345')
  await userEvent.click(screen.getByRole('button', { name: 'Go' }))
  expect(prove).toHaveBeenLastCalledWith({ method: 'totp', code: '012345' })

  await userEvent.click(screen.getByRole('button', { name: 'Recovery code' }))
  const field = screen.getByLabelText('Recovery code')
  expect(document.activeElement).toBe(field)
  await userEvent.type(field, ' k7m2-a9tq {Enter}')
  expect(prove).toHaveBeenLastCalledWith({ method: 'recoveryCode', code: 'k7m2-a9tq' })
})

test('another way starts with an empty field and without the complaint about the one before', async () => {
  show(['totp', 'recoveryCode'], vi.fn().mockRejectedValue(new ProblemError({ title: '', status: 401, code: 'auth.secondFactorInvalid' })))
  await userEvent.type(screen.getByLabelText('Six-digit code'), '012345{Enter}')
  await screen.findByRole('alert')
  await userEvent.click(screen.getByRole('button', { name: 'Recovery code' }))
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByLabelText<HTMLInputElement>('Recovery code').value).toBe('')
})

test('a passkey comes first where the browser knows them, and nobody is stuck where it does not', () => {
  vi.stubGlobal('PublicKeyCredential', vi.fn())
  show(['totp', 'passkey'])
  expect(screen.getByRole('button', { name: 'Use your passkey' })).toBeTruthy()
  vi.unstubAllGlobals()
})

test('a step that this browser cannot take is told', () => {
  show(['passkey'])
  expect(screen.getByRole('status').textContent).toContain('cannot take the second step')
})
