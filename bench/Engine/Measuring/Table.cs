using System.Globalization;
using System.Text;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>Figures as Markdown.</summary>
internal static class Table
{
    public static string Of(Group group, IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"## {group.Title}\n\n"));

        if (group.Note is not null)
            text.Append(Invariant($"{group.Note}\n\n"));

        text.Append(Invariant($"| one {group.Unit} | median | best | per second | allocated | beside the first |\n"));
        text.Append("|---|---:|---:|---:|---:|---:|\n");

        foreach (var figure in figures)
            text.Append(
                Invariant(
                    $"| {figure.Name} | {Time(figure.Median)} | {Time(figure.Best)} | {Rate(figure.Median)} | {Bytes(figure.Bytes)} | {Ratio(figure.Ratio)} |\n"
                )
            );

        foreach (var recorded in group.Recorded)
            text.Append(
                Invariant(
                    $"| {recorded.Name} (recorded, not run here) | {Time(recorded.Nanoseconds)} | | {Rate(recorded.Nanoseconds)} | {(recorded.Bytes is { } bytes ? Bytes(bytes) : "")} | {Ratio(recorded.Nanoseconds / figures[0].Median)} |\n"
                )
            );

        if (group.Aim is { } aim)
            text.Append(Invariant($"\n{Verdict(aim, figures[0])}\n"));

        return text.ToString();
    }

    private static string Verdict(Aim aim, Figure figure)
    {
        var text =
            $"Aim: at most {Time(aim.Nanoseconds)}, {(figure.Median <= aim.Nanoseconds ? "met" : "missed")} with {Time(figure.Median)}";

        return aim.Bytes is { } bytes
            ? $"{text}; at most {Bytes(bytes)}, {(figure.Bytes <= bytes ? "met" : "missed")} with {Bytes(figure.Bytes)}."
            : $"{text}.";
    }

    private static string Time(double nanoseconds) =>
        nanoseconds switch
        {
            < 1e3 => Invariant($"{Digits(nanoseconds)} ns"),
            < 1e6 => Invariant($"{Digits(nanoseconds / 1e3)} µs"),
            < 1e9 => Invariant($"{Digits(nanoseconds / 1e6)} ms"),
            _ => Invariant($"{Digits(nanoseconds / 1e9)} s"),
        };

    private static string Rate(double nanoseconds) =>
        1e9 / nanoseconds is var rate and >= 1000
            ? Invariant($"{Math.Round(rate / 1000) * 1000:N0}").Replace(',', ' ')
            : Invariant($"{Digits(1e9 / nanoseconds)}");

    private static string Bytes(double bytes) =>
        bytes switch
        {
            < 1e3 => Invariant($"{bytes:0} B"),
            < 1e6 => Invariant($"{Digits(bytes / 1e3)} kB"),
            _ => Invariant($"{Digits(bytes / 1e6)} MB"),
        };

    private static string Ratio(double ratio) => Invariant($"{Digits(ratio)} ×");

    /// <summary>Three digits that count, and no more than two after the point.</summary>
    private static string Digits(double value) =>
        value.ToString(
            value switch
            {
                >= 100 => "0",
                >= 10 => "0.0",
                >= 0.1 => "0.00",
                _ => "0.000",
            },
            CultureInfo.InvariantCulture
        );

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
