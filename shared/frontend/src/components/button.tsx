import { Slot } from '@radix-ui/react-slot'
import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '../lib/cn'
import { Spinner } from './feedback'

const buttonVariants = cva(
  'relative inline-flex items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none ' +
    'transition-[background-color,border-color,color,transform] duration-150 active:translate-y-px ' +
    'disabled:pointer-events-none disabled:opacity-55 aria-disabled:pointer-events-none aria-disabled:opacity-55 aria-busy:pointer-events-none [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        solid: 'bg-nila text-on-nila hover:bg-nila-strong',
        outline: 'border border-line-strong/60 bg-surface text-ink hover:border-ink-soft hover:bg-sunken',
        quiet: 'text-nila hover:bg-nila-soft',
        plain: 'text-ink-soft hover:bg-sunken hover:text-ink',
        danger: 'bg-brick text-on-brick hover:brightness-95',
        dangerQuiet: 'text-brick hover:bg-brick-soft',
      },
      size: { md: 'h-11 px-5 text-[0.95rem]', sm: 'h-9 px-3.5 text-sm', icon: 'size-10' },
    },
    defaultVariants: { variant: 'solid', size: 'md' },
  },
)

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof buttonVariants> & { asChild?: boolean; isBusy?: boolean }

/** `asChild` gives its looks to a link. A busy button keeps its width and its focus. */
export function Button({ variant, size, asChild, isBusy, className, children, ...props }: ButtonProps) {
  const classes = cn(buttonVariants({ variant, size }), className)
  if (asChild === true) {
    return (
      <Slot className={classes} {...props}>
        {children}
      </Slot>
    )
  }
  return (
    <button type="button" {...props} aria-busy={isBusy === true ? true : undefined} className={classes}>
      {isBusy === true && <Spinner className="absolute size-4.5" />}
      <span className={cn('inline-flex items-center gap-2', isBusy === true && 'opacity-0')}>{children}</span>
    </button>
  )
}
