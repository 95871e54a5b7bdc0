import { Card, CardBody, CardHeader, Form, FormProblem, SubmitButton, unwrap, useForm, useToast } from '@k/ui'
import { Download } from 'lucide-react'
import { api } from '../../api/client'
import { useAccountText } from '../../text/accountText'
import { saveFile } from '../saveFile'

export function ExportCard() {
  const text = useAccountText()
  const toast = useToast()
  const form = useForm({
    initial: {},
    submit: async () => {
      const data = await unwrap(api.POST('/api/auth/account/export'))
      saveFile('k-account.json', 'application/json', JSON.stringify(data, null, 2))
      toast(text('export.done'))
    },
  })
  return (
    <Card aria-labelledby="export">
      <CardHeader id="export" title={text('export.title')} description={text('export.description')} />
      <CardBody>
        <Form form={form} className="flex flex-col items-start gap-5">
          <FormProblem form={form} />
          <SubmitButton form={form} variant="outline">
            <Download aria-hidden="true" className="size-4.5" />
            {text('export.submit')}
          </SubmitButton>
        </Form>
      </CardBody>
    </Card>
  )
}
