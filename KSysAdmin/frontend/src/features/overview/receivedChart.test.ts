import { expect, test } from 'vitest'
import { barHeights } from './receivedChart'

test('bars are in proportion, also beyond the precision of numbers', () => {
  expect(barHeights(['100.00', '50.00', '0.00'])).toEqual([120, 60, 0])
  expect(barHeights(['9007199254740993000.00', '4503599627370496500.00'])).toEqual([120, 60])
  expect(barHeights(['0.00'])).toEqual([0])
  expect(barHeights([])).toEqual([])
})
