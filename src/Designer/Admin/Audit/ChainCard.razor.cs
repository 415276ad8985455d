using System.Globalization;
using Microsoft.AspNetCore.Components;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Identity.Audit;

namespace ServiceLoop.Designer.Admin.Audit;

/// <summary>The chain of the audit log: how long it is, when it was checked last, and a check with its progress.</summary>
public sealed partial class ChainCard
{
    private ChainAnchor? head;
    private AuditEntry? lastCheck;
    private ChainVerdict? verdict;
    private ChainProgress? progress;
    private CancellationTokenSource? checking;
    private string kept = "";

    // The entry of a check that has just ended is on its way into the log.
    private DateTimeOffset? checkedAt;

    [Inject]
    private AuditLog Log { get; set; } = null!;

    private bool IsHeadLost => head is null;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        head = await Log.HeadAsync(ct);
        lastCheck = await Log.LastCheckAsync(ct);
    }

    private async Task VerifyAsync()
    {
        var expected = Expected();

        if (expected is null && !string.IsNullOrWhiteSpace(kept))
            return;

        using var mine = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        (checking, verdict, progress) = (mine, null, new(0, head?.Number ?? 0));
        var told = new Progress<ChainProgress>(Tell);

        try
        {
            if (await Wishes.TryAsync(async () => verdict = await Log.VerifyAsync(expected, told, mine.Token), null))
                checkedAt = Clock.GetUtcNow();
        }
        finally
        {
            (checking, progress) = (null, null);
        }

        await AskAsync();
    }

    // The last word may come after the end.
    private void Tell(ChainProgress at)
    {
        if (progress is null)
            return;

        progress = at;
        StateHasChanged();
    }

    private ChainAnchor? Expected()
    {
        if (string.IsNullOrWhiteSpace(kept))
            return null;

        try
        {
            return ChainAnchor.Parse(kept);
        }
        catch (FormatException e)
        {
            Wishes.Refuse(e.Message);
            return null;
        }
    }

    private string Sentence(ChainBreak broken) =>
        broken switch
        {
            { Fault: ChainFault.Missing, Other: null } => T["FaultMissingOne"],
            { Fault: ChainFault.Truncated, Other: null } => T["FaultTruncatedOne"],
            _ => T[$"Fault{broken.Fault}", broken.Other?.ToString("N0", CultureInfo.CurrentCulture) ?? ""],
        };
}
