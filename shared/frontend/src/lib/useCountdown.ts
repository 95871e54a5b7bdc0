import { useEffect, useState } from 'react'
import { serverClock } from './serverClock'

/** Whole seconds until `until`, ticking; never below zero. */
export function useCountdown(until: string): number {
  const [left, setLeft] = useState(() => secondsUntil(until))
  const isOver = left <= 0

  useEffect(() => {
    const update = () => setLeft(secondsUntil(until))
    update()
    if (isOver) return
    const timer = setInterval(update, 1_000)
    return () => clearInterval(timer)
  }, [until, isOver])

  return left
}

function secondsUntil(until: string): number {
  return Math.max(0, Math.ceil((Date.parse(until) - serverClock.now()) / 1_000))
}
