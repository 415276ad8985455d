using System.Collections.Immutable;

namespace ServiceLoop.Identity.Users;

/// <summary>The languages that the product speaks, and a person may have.</summary>
public static class Languages
{
    /// <summary>Simplified Chinese.</summary>
    public const string Chinese = "zh-CN";

    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [Chinese, English];
}
