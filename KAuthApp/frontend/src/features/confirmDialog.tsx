import { Button, Dialog, DialogActions, Form, FormProblem, SubmitButton, useForm, useKitText } from '@k/ui'
import type { ReactNode } from 'react'

interface ConfirmDialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  body: ReactNode
  label: string
  /** What is done when it is confirmed; a refusal stays in the dialog. */
  onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ isOpen, onClose, title, body, label, onConfirm }: ConfirmDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={body}>
      <ConfirmForm onClose={onClose} label={label} onConfirm={onConfirm} />
    </Dialog>
  )
}

function ConfirmForm({ onClose, label, onConfirm }: Pick<ConfirmDialogProps, 'onClose' | 'label' | 'onConfirm'>) {
  const text = useKitText()
  const form = useForm({ initial: {}, submit: () => onConfirm().then(onClose) })
  return (
    <Form form={form}>
      <FormProblem form={form} />
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          {text('kit.cancel')}
        </Button>
        <SubmitButton form={form} variant="danger">
          {label}
        </SubmitButton>
      </DialogActions>
    </Form>
  )
}
