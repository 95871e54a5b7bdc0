import { use, type ComponentType, type ReactNode } from 'react'

export interface LazyPart<Props> {
  (props: Props): ReactNode
  /** Loads the code ahead of its being shown. */
  preload: () => Promise<unknown>
}

/** A part whose code is loaded when it is first wanted. Once it is there it is shown without a pause. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  let loaded: ComponentType<Props> | undefined
  let loading: Promise<ComponentType<Props>> | undefined

  function preload(): Promise<ComponentType<Props>> {
    loading ??= load().then((part) => (loaded = part))
    return loading
  }

  function Part(props: Props) {
    const Content = loaded ?? use(preload())
    return <Content {...props} />
  }

  return Object.assign(Part, { preload })
}
