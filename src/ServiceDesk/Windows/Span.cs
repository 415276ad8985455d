using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>A stretch of time: from a moment up to, not including, another.</summary>
/// <param name="Start">First moment, UTC.</param>
/// <param name="End">First moment after it, UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Span(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How long; zero or less is nothing.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>True when the moment lies in it.</summary>
    public bool Holds(DateTimeOffset moment) => Start <= moment && moment < End;

    /// <summary>True when all of the other lies in it.</summary>
    public bool Holds(Span other) => Start <= other.Start && other.End <= End;
}

/// <summary>Sets of moments as spans: sorted, apart from each other, none empty.</summary>
public static class Spans
{
    /// <summary>Brings spans into order and joins those that touch.</summary>
    public static ImmutableArray<Span> Of(IEnumerable<Span> spans)
    {
        var sorted = ImmutableArray.CreateBuilder<Span>();

        foreach (var span in spans.Where(s => s.End > s.Start).OrderBy(s => s.Start))
        {
            if (sorted.Count > 0 && span.Start <= sorted[^1].End)
                sorted[^1] = sorted[^1] with { End = span.End > sorted[^1].End ? span.End : sorted[^1].End };
            else
                sorted.Add(span);
        }

        return sorted.ToImmutable();
    }

    /// <summary>What lies in both.</summary>
    public static ImmutableArray<Span> Both(ImmutableArray<Span> left, ImmutableArray<Span> right)
    {
        var both = ImmutableArray.CreateBuilder<Span>();

        for (int l = 0, r = 0; l < left.Length && r < right.Length; )
        {
            var start = left[l].Start > right[r].Start ? left[l].Start : right[r].Start;
            var end = left[l].End < right[r].End ? left[l].End : right[r].End;

            if (start < end)
                both.Add(new(start, end));

            if (left[l].End < right[r].End)
                l++;
            else
                r++;
        }

        return both.ToImmutable();
    }

    /// <summary>What lies in the first and not in the second.</summary>
    public static ImmutableArray<Span> Without(ImmutableArray<Span> left, ImmutableArray<Span> right)
    {
        var rest = ImmutableArray.CreateBuilder<Span>();
        var r = 0;

        foreach (var span in left)
        {
            var start = span.Start;

            while (r < right.Length && right[r].End <= start)
                r++;

            for (var i = r; i < right.Length && right[i].Start < span.End; i++)
            {
                if (start < right[i].Start)
                    rest.Add(new(start, right[i].Start));

                start = right[i].End > start ? right[i].End : start;
            }

            if (start < span.End)
                rest.Add(new(start, span.End));
        }

        return rest.ToImmutable();
    }

    /// <summary>True when a moment lies in one of them.</summary>
    public static bool Hold(this ImmutableArray<Span> spans, DateTimeOffset moment)
    {
        foreach (var span in spans)
            if (span.Holds(moment))
                return true;

        return false;
    }

    /// <summary>The first moment in them that is not before another; null when there is none.</summary>
    public static DateTimeOffset? FirstFrom(this ImmutableArray<Span> spans, DateTimeOffset moment)
    {
        foreach (var span in spans)
            if (moment < span.End)
                return moment > span.Start ? moment : span.Start;

        return null;
    }
}
