import type { ReactNode } from 'react'
import { Form } from '../forms/fields'
import { FormProblem, SubmitButton } from '../forms/formEnd'
import { useForm } from '../forms/useForm'
import { useKitText } from '../i18n/i18n'
import { Button } from './button'
import { Dialog, DialogActions } from './dialog'

interface ConfirmDialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  body: ReactNode
  label: string
  /** For what does no harm. */
  isHarmless?: boolean
  /** What is done when it is confirmed; a refusal stays in the dialog. */
  onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ isOpen, onClose, title, body, ...form }: ConfirmDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={body}>
      <ConfirmForm onClose={onClose} {...form} />
    </Dialog>
  )
}

function ConfirmForm({ onClose, label, isHarmless, onConfirm }: Omit<ConfirmDialogProps, 'isOpen' | 'title' | 'body'>) {
  const text = useKitText()
  const form = useForm({ initial: {}, submit: () => onConfirm().then(onClose) })
  return (
    <Form form={form}>
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form} variant={isHarmless === true ? 'solid' : 'danger'}>
          {label}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
