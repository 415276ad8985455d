namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>The openings of one year with running sums, so that a question about a moment is one binary search.</summary>
/// <remarks>All in ticks: whole milliseconds in, whole milliseconds out, nothing is ever rounded.</remarks>
internal sealed class WorkingYear
{
    private readonly long[] starts;
    private readonly long[] ends;
    private readonly long[] before;

    public WorkingYear(BusinessCalendar calendar, WallTime wall, int year)
    {
        List<long> from = [];
        List<long> to = [];
        List<long> sums = [];
        var last = long.MinValue;

        for (var date = new DateOnly(year, 1, 1); ; date = date.AddDays(1))
        {
            foreach (var hours in calendar.HoursOf(date).OrderBy(h => h.FromMinute))
            {
                // Where the clocks change, two spans may touch or shrink; they never overlap.
                var start = Math.Max(last, wall.At(date, TimeSpan.FromMinutes(hours.FromMinute)).UtcTicks);
                var end = wall.At(date, TimeSpan.FromMinutes(hours.ToMinute)).UtcTicks;

                if (end <= start)
                    continue;

                from.Add(start);
                to.Add(end);
                sums.Add(Total);
                Total += end - start;
                last = end;
            }

            if (date is { Month: 12, Day: 31 })
                break;
        }

        (starts, ends, before) = ([.. from], [.. to], [.. sums]);
    }

    /// <summary>Working time of the whole year.</summary>
    public long Total { get; }

    /// <summary>Number of openings.</summary>
    public int Count => starts.Length;

    /// <summary>Working time of the year until a moment.</summary>
    public long Until(long moment)
    {
        var i = LastStartedAt(moment);
        return i < 0 ? 0 : before[i] + Math.Min(moment, ends[i]) - starts[i];
    }

    /// <summary>The earliest moment by which the year has had so much working time, more than nothing and not more than it has.</summary>
    public long When(long worked)
    {
        var (low, high) = (0, Count - 1);

        while (low < high)
        {
            var middle = (low + high) / 2;

            if (before[middle] + ends[middle] - starts[middle] >= worked)
                high = middle;
            else
                low = middle + 1;
        }

        return starts[low] + worked - before[low];
    }

    /// <summary>The opening in which a moment is, or the first one after it; <see cref="Count"/> when there is none.</summary>
    public int NotEndedAt(long moment)
    {
        var i = Math.Max(0, LastStartedAt(moment));
        return i < Count && ends[i] <= moment ? i + 1 : i;
    }

    /// <summary>An opening.</summary>
    public (long Start, long End) this[int index] => (starts[index], ends[index]);

    private int LastStartedAt(long moment)
    {
        var i = Array.BinarySearch(starts, moment);
        return i >= 0 ? i : ~i - 1;
    }
}
