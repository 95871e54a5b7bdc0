import { useMemo } from 'react'

interface QrShape {
  viewBox: string
  paths: { d: string; transform: string | null; isStroked: boolean }[]
}

/**
 * Draws the server's QR picture anew from its path data. Nothing of the received markup enters the page,
 * so it can carry neither script nor style.
 */
export function QrCode({ svg, label }: { svg: string; label: string }) {
  const shape = useMemo(() => readQr(svg), [svg])
  if (shape === null) return null
  return (
    <svg role="img" aria-label={label} viewBox={shape.viewBox} shapeRendering="crispEdges" className="size-44 rounded-lg bg-white p-1">
      {shape.paths.map((path) => (
        <path
          key={path.d}
          d={path.d}
          transform={path.transform ?? undefined}
          stroke={path.isStroked ? '#000' : 'none'}
          fill={path.isStroked ? 'none' : '#000'}
        />
      ))}
    </svg>
  )
}

export function readQr(svg: string): QrShape | null {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement
  const width = root.getAttribute('width')?.replace(/[^\d.]/g, '')
  const height = root.getAttribute('height')?.replace(/[^\d.]/g, '')
  const viewBox = root.getAttribute('viewBox') ?? (width && height ? `0 0 ${width} ${height}` : null)
  const paths = Array.from(root.querySelectorAll('path')).filter((path) => !isBackground(path))
  if (viewBox === null || paths.length === 0) return null
  return {
    viewBox,
    paths: paths.map((path) => ({
      d: path.getAttribute('d') ?? '',
      transform: path.getAttribute('transform') ?? path.parentElement?.getAttribute('transform') ?? null,
      isStroked: path.hasAttribute('stroke'),
    })),
  }
}

function isBackground(path: Element): boolean {
  return /^(#fff(fff)?|white)$/i.test(path.getAttribute('fill') ?? '')
}
