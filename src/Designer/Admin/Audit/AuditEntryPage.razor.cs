using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Admin.Audit;

/// <summary>One entry of the audit log: all that it says, with what was before and after side by side.</summary>
public sealed partial class AuditEntryPage
{
    private AuditEntry? entry;
    private long? endedBy;
    private IReadOnlyList<ValueSides> sides = [];
    private ImmutableSortedDictionary<string, string?> wanted = Facts.None;
    private long shown;

    /// <summary>Number of the entry.</summary>
    [Parameter]
    public long Number { get; set; }

    [Inject]
    private AuditLog Log { get; set; } = null!;

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (shown == Number)
            return;

        shown = Number;
        StartOver();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        var found = await Log.FindAsync(Number, ct);
        endedBy = found?.End == DeedEnd.Begun ? await Log.FindEndAsync(Number, ct) : null;
        entry = found;
        sides = ValueSides.Of(AuditFacts.Read(found?.Before), AuditFacts.Read(found?.After));
        wanted = AuditFacts.Read(found?.Wanted);
    }
}

/// <summary>A value before and after.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Before">Null for nothing.</param>
/// <param name="After">Null for nothing.</param>
internal sealed record ValueSides(string Name, string? Before, string? After)
{
    /// <summary>Whether both sides differ.</summary>
    public bool IsChanged => Before != After;

    /// <summary>All values that either side has, by name.</summary>
    public static IReadOnlyList<ValueSides> Of(IReadOnlyDictionary<string, string?> before, IReadOnlyDictionary<string, string?> after) =>
        [
            .. before
                .Keys.Union(after.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => new ValueSides(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))),
        ];
}
