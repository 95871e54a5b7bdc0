import { useSyncExternalStore } from 'react'

/** Where calls wait while a person proves again who they are. */
export interface ProofGate {
  /** True when they did. Calls that ask meanwhile share one question; without a dialog on the page nobody is asked. */
  ask: () => Promise<boolean>
  answer: (isProven: boolean) => void
  isAsking: () => boolean
  subscribe: (onChange: () => void) => () => void
}

interface Question {
  answered: Promise<boolean>
  settle: (isProven: boolean) => void
}

export function createProofGate(): ProofGate {
  const listeners = new Set<() => void>()
  let question: Question | null = null

  function change(next: Question | null): void {
    question = next
    for (const listener of listeners) listener()
  }

  return {
    ask: () => {
      if (listeners.size === 0) return Promise.resolve(false)
      if (question === null) change(newQuestion())
      return question?.answered ?? Promise.resolve(false)
    },
    answer: (isProven) => {
      question?.settle(isProven)
      change(null)
    },
    isAsking: () => question !== null,
    subscribe: (onChange) => {
      listeners.add(onChange)
      return () => {
        listeners.delete(onChange)
      }
    },
  }
}

function newQuestion(): Question {
  let settle: Question['settle'] = () => undefined
  const answered = new Promise<boolean>((resolve) => (settle = resolve))
  return { answered, settle }
}

/** Whether a dialog has to be shown now. The component that calls this answers by `gate.answer`. */
export function useIsAsked(gate: ProofGate): boolean {
  return useSyncExternalStore(gate.subscribe, gate.isAsking)
}
