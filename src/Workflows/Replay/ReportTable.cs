using System.Globalization;
using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>The report as a table for a terminal.</summary>
internal static class ReportTable
{
    /// <summary>Writes it.</summary>
    public static string Of(ReplayReport report)
    {
        var text = new StringBuilder();
        Line(
            text,
            $"{report.Cases} cases of {report.Log} in {report.Seconds:0.0} s: {report.CasesPerSecond:0.00} cases/s, {report.Nodes} {(report.Nodes == 1 ? "node" : "nodes")}{(report.Killed > 0 ? $" ({report.Killed} killed and started again)" : "")}, {report.Agents} agents"
        );
        Line(
            text,
            $"Product time {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}; {report.Jumps} jumps, {report.Requests} requests, {report.NodeSeconds:0} s of processor time in the nodes"
        );
        Line(text, $"Seconds spent on {string.Join(", ", report.Spent.Select(s => $"{s.Key} {s.Value:0.0}"))}");

        if (report.Learned > 0)
            Line(text, $"Triage learned {report.Learned} messages; customers say others, so its accuracy is out of sample");
        else
            text.AppendLine("Triage has learned nothing: people sort the contacts");

        if (report.Articles > 0)
            Line(text, $"{report.Articles} articles were written and approved before the first customer came");

        Line(text, $"Totals {report.Fingerprint}: {string.Join("; ", report.Ends.Select(e => $"{e.Key} {e.Value}"))}");
        text.AppendLine();
        Line(text, $"{"Key figure", -28} {"of", -26} {"value", 12} {"n", 8}  95 %");

        foreach (var kpi in report.Kpis)
            Line(
                text,
                $"{kpi.Name, -28} {kpi.Segment, -26} {Value(kpi), 12} {kpi.N, 8}  {(kpi.Low is { } low && kpi.High is { } high ? $"{low * 100:0.0}–{high * 100:0.0} %" : "")}"
            );

        text.AppendLine();
        Settled(text, report);

        foreach (var (what, count) in report.Refusals)
            Line(text, $"Refused {count} times: {what}");

        if (report.Stalls > 0)
            Line(text, $"{report.Stalls} times the product did not come to rest, and time went on all the same.");

        foreach (var fault in report.Faults)
            Line(text, $"MUST BE 0: {fault.Name} {fault.Segment} is {fault.Value:0}");

        if (report.RefusedContacts > 0)
            Line(text, $"NOT TAKEN: {report.RefusedContacts} contacts.");

        if (report.Unbound > 0)
            Line(text, $"NO CASE was opened for {report.Unbound} contacts.");

        foreach (var open in report.Open.Take(50))
            Line(
                text,
                $"NOT ENDED: case {open.Id} ({(open.Log is { } log ? $"{log} of the log" : "not of the log")}) is {open.Status}: {open.Why}"
            );

        Line(
            text,
            $"{(report.IsWell ? "Every case has ended; nothing waits for ever, nothing was done twice or lost." : "Not all is well: see above.")}"
        );
        return text.ToString();
    }

    private static void Settled(StringBuilder text, ReplayReport report)
    {
        var automation = report.Automation;
        Line(
            text,
            $"{"Settled without a person", -44} {"share", 8} {"auto", 6} {"assisted", 9} {"human", 6}  target {automation.Target * 100:0} % of standard questions"
        );
        Row("all", automation.All);
        Row("standard questions", automation.Standard);

        foreach (var category in automation.Categories)
            Row(category.Category ?? "(none)", category);

        text.AppendLine();

        void Row(string name, SettledShare s) => Line(text, $"  {name, -42} {Share(s.Share), 8} {s.Auto, 6} {s.Assisted, 9} {s.Human, 6}");
    }

    /// <summary>A share in per cent.</summary>
    public static string Share(double? value) => value is { } share ? Text($"{share * 100:0.0} %") : "–";

    /// <summary>A figure in its unit.</summary>
    public static string Value(ReportedKpi kpi) =>
        kpi.Value is not { } value ? "–"
        : kpi.Unit == "share" ? Text($"{value * 100:0.0} %")
        : kpi.Unit == "seconds" ? Span(value)
        : kpi.Unit == "count" ? Text($"{value:0}")
        : Text($"{value:0.###}");

    private static string Span(double seconds) =>
        Math.Abs(seconds) < 120 ? Text($"{seconds:0.0} s")
        : seconds < 7200 ? Text($"{seconds / 60:0.0} min")
        : seconds < 172_800 ? Text($"{seconds / 3600:0.0} h")
        : Text($"{seconds / 86_400:0.0} d");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(Text(line).TrimEnd());
}
