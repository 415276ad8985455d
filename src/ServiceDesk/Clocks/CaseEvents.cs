using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Something that has happened to a case, for the conditions of policies.</summary>
public sealed record CaseEvent
{
    /// <summary>Unique: the same event told twice moves clocks once.</summary>
    public required string Key { get; init; }

    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>What happened, for example <c>case.opened</c>, <c>interaction.inbound</c>, <c>case.stage</c>: see <see cref="CaseNewsNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Other names of the same: a case that is settled has also changed its status.</summary>
    public ImmutableArray<string> Also { get; init; } = [];

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What is known of the case after it: <c>priority</c>, <c>stage</c>, <c>status</c> …</summary>
    public ImmutableSortedDictionary<string, string?> Facts { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>All its names.</summary>
    internal ImmutableArray<string> Names => [Name, .. Also];

    /// <summary>Whether one of its names is this.</summary>
    public bool Is(string name) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || Also.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The event as work of the transaction that causes it (<c>WorkRowsCommand</c>). For what stands in no history of a case: that is heard by itself.</summary>
    public NewWork AsWork() =>
        AskedWork.Message(
            ClockWork.CaseEvent,
            ClockWork.Body(
                ("key", Key),
                ("case", CaseId),
                ("name", Name),
                ("at", At.ToString("O", CultureInfo.InvariantCulture)),
                ("facts", Facts.ToDictionary(f => f.Key, f => (object?)f.Value, StringComparer.Ordinal))
            ),
            $"case-event:{Key}",
            At
        );

    internal static CaseEvent Of(Message message) =>
        new()
        {
            Key = message.Text("key"),
            CaseId = message.Text("case"),
            Name = message.Text("name"),
            At = DateTimeOffset.Parse(message.Text("at"), CultureInfo.InvariantCulture),
            Facts = message.Facts("facts"),
        };

    /// <summary>A line of a history; null when clocks need not hear it.</summary>
    internal static CaseEvent? Of(CaseNews news) =>
        news.Names is [var first, .. var others]
            ? new()
            {
                Key = news.Key,
                CaseId = news.CaseId,
                Name = first,
                Also = others,
                At = news.At,
                Facts = news.Facts,
            }
            : null;
}
