using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>A flowchart as Studio has drawn it. Studio makes steps as wide as their texts and bends lines as it likes, whatever the definition says; so only
/// a look at the canvas tells whether a person can read it.</summary>
internal static class Drawing
{
    /// <summary>Says what cannot be read: steps that lie on each other, lines that go through a step, that cross, or that lie on each other.</summary>
    /// <remarks>Lines to one step may meet before it, and lines of one step may share a trunk until they part.</remarks>
    public static Task<string[]> CollisionsAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => {
              const rim = 6, near = 3;
              const steps = [...document.querySelectorAll('.x6-node')].map(node => {
                const { e: x, f: y } = node.transform.baseVal.consolidate().matrix;
                const box = node.querySelector('foreignObject');
                return { id: node.getAttribute('data-cell-id'), x, y, right: x + box.width.baseVal.value, bottom: y + box.height.baseVal.value };
              });
              const holds = (s, p) => p.y > s.y - near && p.y < s.bottom + near;
              const lines = [...document.querySelectorAll('.x6-edge')].map(edge => {
                const path = edge.querySelector('path');
                // The last two numbers of each command are where it ends; a rounded corner counts as its chord.
                const points = [...path.getAttribute('d').matchAll(/[MLC]([^MLC]+)/g)].map(m => {
                  const [x, y] = m[1].trim().split(/[\s,]+/).map(Number).slice(-2);
                  return { x, y };
                });
                const [start, end] = [points[0], points[points.length - 1]];
                const from = steps.find(s => Math.abs(s.right - start.x) < near && holds(s, start));
                const to = steps.find(s => Math.abs(s.x - end.x) < near && holds(s, end));
                const pieces = points.slice(1).map((b, i) => ({ a: points[i], b }));
                return { path, start, from, to, pieces, name: `${from?.id} at ${Math.round(start.y)} to ${to?.id}` };
              });
              const side = (s, p) => (s.b.x - s.a.x) * (p.y - s.a.y) - (s.b.y - s.a.y) * (p.x - s.a.x);
              const cross = (s, t) => side(s, t.a) * side(s, t.b) < 0 && side(t, s.a) * side(t, s.b) < 0;
              const along = (s, t, on, by) => s.a[on] === s.b[on] && t.a[on] === t.b[on] && Math.abs(s.a[on] - t.a[on]) < near
                && Math.min(Math.max(s.a[by], s.b[by]), Math.max(t.a[by], t.b[by])) - Math.max(Math.min(s.a[by], s.b[by]), Math.min(t.a[by], t.b[by])) > near;
              const found = [];
              steps.forEach((a, i) => steps.slice(0, i).forEach(b => {
                if (a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom) found.push(`${a.id} lies on ${b.id}`);
              }));
              for (const line of lines) {
                if (!line.from || !line.to) found.push(`the ends of a line are not at steps: ${line.name}`);
                for (let at = 0; at < line.path.getTotalLength(); at += rim) {
                  const { x, y } = line.path.getPointAtLength(at);
                  const hit = steps.find(s => x > s.x + rim && x < s.right - rim && y > s.y + rim && y < s.bottom - rim);
                  if (hit) { found.push(`a line goes through ${hit.id}: ${line.name}`); break; }
                }
              }
              lines.forEach((l, i) => lines.slice(0, i).forEach(m => {
                if (l.to === m.to || (l.from === m.from && l.start.y === m.start.y)) return;
                if (l.pieces.some(s => m.pieces.some(t => cross(s, t)))) found.push(`${l.name} crosses ${m.name}`);
                if (l.from !== m.from && l.pieces.some(s => m.pieces.some(t => along(s, t, 'x', 'y') || along(s, t, 'y', 'x'))))
                  found.push(`${l.name} lies on ${m.name}`);
              }));
              return found;
            }
            """
        );
}
