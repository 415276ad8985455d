using System.Globalization;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Which versions to list. Names and words without regard to case, as Elsa's clients write them; empty means no filter.</summary>
/// <param name="VersionOptions"><c>Latest</c>, <c>Published</c>, <c>LatestOrPublished</c>, <c>LatestAndPublished</c>, <c>Draft</c>, <c>AllVersions</c>, or a number.</param>
/// <param name="Page">From 0.</param>
/// <param name="PageSize">1 to 1000, which is also the default.</param>
/// <param name="SearchTerm">A part of name, description or id.</param>
/// <param name="IsSystem"><c>true</c> or <c>false</c>.</param>
/// <param name="IsReadonly"><c>true</c> or <c>false</c>.</param>
/// <param name="UsableAsActivity"><c>true</c> or <c>false</c>.</param>
/// <param name="OrderBy"><c>Created</c>, <c>Name</c> or <c>Version</c>.</param>
/// <param name="OrderDirection"><c>Ascending</c> or <c>Descending</c>.</param>
/// <param name="DefinitionIds">Only these lines.</param>
/// <param name="Ids">Only these versions.</param>
internal sealed record DefinitionQuery(
    string? VersionOptions,
    string? Page,
    string? PageSize,
    string? SearchTerm,
    string? IsSystem,
    string? IsReadonly,
    string? UsableAsActivity,
    string? OrderBy,
    string? OrderDirection,
    string[]? DefinitionIds,
    string[]? Ids
)
{
    private const int MaxPageSize = 1000;

    /// <summary>What is asked for.</summary>
    /// <exception cref="RequestException">A word is none that is known.</exception>
    public DefinitionFilter ToFilter() =>
        new()
        {
            Versions = Api.VersionOptions.Read(VersionOptions),
            DefinitionIds = Given(DefinitionIds),
            Ids = Given(Ids),
            SearchTerm = SearchTerm,
            IsSystem = Flag(IsSystem, nameof(IsSystem)),
            IsReadonly = Flag(IsReadonly, nameof(IsReadonly)),
            UsableAsActivity = Flag(UsableAsActivity, nameof(UsableAsActivity)),
            OrderBy = ReadOrder(),
            Descending = IsDescending(),
        };

    /// <summary>Versions before the page, and on it.</summary>
    /// <exception cref="RequestException">One of the two is no number.</exception>
    public (int Skip, int Take) ToPage()
    {
        var take = Math.Clamp(Number(PageSize, nameof(PageSize)) ?? MaxPageSize, 1, MaxPageSize);
        return ((int)Math.Min(int.MaxValue, (long)(Number(Page, nameof(Page)) ?? 0) * take), take);
    }

    private DefinitionOrder ReadOrder() =>
        OrderBy?.Trim().ToUpperInvariant() switch
        {
            null or "" or "CREATED" or "CREATEDAT" => DefinitionOrder.Created,
            "NAME" => DefinitionOrder.Name,
            "VERSION" => DefinitionOrder.Version,
            _ => throw Unknown(nameof(OrderBy), OrderBy!, "Created, Name or Version"),
        };

    private bool IsDescending() =>
        OrderDirection?.Trim().ToUpperInvariant() switch
        {
            null or "" or "ASCENDING" => false,
            "DESCENDING" => true,
            _ => throw Unknown(nameof(OrderDirection), OrderDirection!, "Ascending or Descending"),
        };

    /// <summary>An empty item, as in <c>?Ids=</c>, stands for none.</summary>
    private static System.Collections.Immutable.ImmutableArray<string> Given(string[]? values) =>
        [.. (values ?? []).Where(v => !string.IsNullOrEmpty(v))];

    private static int? Number(string? text, string name) =>
        string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Unknown(name, text, "a number from 0");

    private static bool? Flag(string? text, string name) =>
        string.IsNullOrWhiteSpace(text) ? null
        : bool.TryParse(text, out var flag) ? flag
        : throw Unknown(name, text, "true or false");

    private static RequestException Unknown(string name, string value, string allowed) =>
        new("query.unknown-value", $"'{value}' in {name} means nothing here. Use {allowed}.");
}
