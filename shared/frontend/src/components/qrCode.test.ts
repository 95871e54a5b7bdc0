import { expect, test } from 'vitest'
import { readQr } from './qrCode'

const segno =
  '<svg xmlns="http://www.w3.org/2000/svg" width="33" height="33" class="segno"><path fill="#fff" d="M0 0h33v33h-33z"/>' +
  '<path transform="translate(0 .5)" class="qrline" stroke="#000" d="M4 4h7"/></svg>'

test('the dark modules are taken, the background is left', () => {
  expect(readQr(segno)).toEqual({ viewBox: '0 0 33 33', paths: [{ d: 'M4 4h7', transform: 'translate(0 .5)', isStroked: true }] })
})

test('nothing but path data comes through', () => {
  const hostile = segno.replace('</svg>', '<script>alert(1)</script><image href="x" onerror="alert(1)"/></svg>')
  expect(readQr(hostile)).toEqual(readQr(segno))
  expect(readQr('<p>no picture</p>')).toBeNull()
})
