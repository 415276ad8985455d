using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.ServiceDesk.Tests.Triage;

/// <summary>A classifier that goes by words: what it says is known before.</summary>
internal sealed class Keywords : IClassifier
{
    public const string Version = "words-1";

    public ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct)
    {
        ImmutableArray<RankedIntent> ranked =
            text.Contains("refund", StringComparison.Ordinal) ? [new("refund", 0.92), new("order_status", 0.05)]
            : text.Contains("where", StringComparison.Ordinal) ? [new("order_status", 0.9), new("refund", 0.04)]
            : text.Contains("invoice", StringComparison.Ordinal) ? [new("invoice", 0.55), new("refund", 0.4)]
            : [new("order_status", 0.2), new("refund", 0.19)];
        return new(new Classification(Version, ranked, 0.6));
    }
}
