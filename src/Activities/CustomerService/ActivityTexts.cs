using System.Globalization;
using System.Resources;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>
/// Texts about activities in other languages than that of the attributes: <c>ActivityTexts.zh-Hans.resx</c>. Keys: <c>{type}</c>, <c>{type}:help</c>,
/// <c>{type}/{input or output}</c>, <c>{type}/{input or output}:help</c>, <c>Category:{name}</c>, <c>Outcome:{name}</c>.
/// </summary>
public static class ActivityTexts
{
    /// <summary>The language that there is besides English.</summary>
    public static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-Hans");

    private static readonly ResourceManager Resources = new(
        "ServiceLoop.Activities.CustomerService.ActivityTexts",
        typeof(ActivityTexts).Assembly
    );

    /// <summary>A text; null where there is none: then that of the attributes holds.</summary>
    public static string? Find(CultureInfo culture, string key) =>
        Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)?.GetString(key);
}
