using System.Globalization;
using System.Text.Json.Serialization;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Which versions to list. Names and words without regard to case, as Elsa's clients write them; empty means no filter.</summary>
/// <param name="VersionOptions"><c>Latest</c>, <c>Published</c>, <c>LatestOrPublished</c>, <c>LatestAndPublished</c>, <c>Draft</c>, <c>AllVersions</c>, or a number.</param>
/// <param name="Page">From 0.</param>
/// <param name="PageSize">1 to 1000, which is also the default.</param>
/// <param name="SearchTerm">A part of name, description or id.</param>
/// <param name="IsSystem"><c>true</c> or <c>false</c>.</param>
/// <param name="IsReadonly"><c>true</c> or <c>false</c>.</param>
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
    string? OrderBy,
    string? OrderDirection,
    string[]? DefinitionIds,
    string[]? Ids
)
{
    private const int MaxPageSize = 1000;

    /// <summary>Versions to a page.</summary>
    [JsonIgnore]
    public int Take => Math.Clamp(Number(PageSize, nameof(PageSize)) ?? MaxPageSize, 1, MaxPageSize);

    /// <summary>Versions before the page.</summary>
    [JsonIgnore]
    public int Skip => (int)Math.Min(int.MaxValue, (long)(Number(Page, nameof(Page)) ?? 0) * Take);

    /// <summary>What to ask the store for.</summary>
    /// <exception cref="RequestException">A word is none that is known.</exception>
    public DefinitionFilter ToFilter() =>
        new()
        {
            Versions = Api.VersionOptions.Read(VersionOptions),
            DefinitionIds = [.. DefinitionIds ?? []],
            Ids = [.. Ids ?? []],
            SearchTerm = SearchTerm,
            IsSystem = Flag(IsSystem, nameof(IsSystem)),
            IsReadonly = Flag(IsReadonly, nameof(IsReadonly)),
            OrderBy = OrderBy?.Trim().ToUpperInvariant() switch
            {
                null or "" or "CREATED" or "CREATEDAT" => DefinitionOrder.Created,
                "NAME" => DefinitionOrder.Name,
                "VERSION" => DefinitionOrder.Version,
                _ => throw Unknown(nameof(OrderBy), OrderBy!, "Created, Name or Version"),
            },
            Descending = IsDescending(),
        };

    private bool IsDescending() =>
        OrderDirection?.Trim().ToUpperInvariant() switch
        {
            null or "" or "ASCENDING" => false,
            "DESCENDING" => true,
            _ => throw Unknown(nameof(OrderDirection), OrderDirection!, "Ascending or Descending"),
        };

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
