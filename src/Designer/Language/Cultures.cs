using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Designer.Language;

/// <summary>The languages of the pages, and which one a request gets: the cookie decides, then the browser, then English.</summary>
public static class Cultures
{
    /// <summary>Name of the cookie that remembers the switch; its value is <see cref="Chinese"/> or <see cref="English"/>.</summary>
    public const string CookieName = "serviceloop-language";

    /// <summary>Simplified Chinese.</summary>
    public const string Chinese = Languages.Chinese;

    /// <summary>English.</summary>
    public const string English = Languages.English;

    /// <summary>What can be chosen: the value for <c>/culture</c>, and the language's own name for itself.</summary>
    public static readonly ImmutableArray<(string Name, string Title)> Choices = [(Chinese, "中文"), (English, "English")];

    /// <summary>The choice for a name such as <c>zh-TW</c> or <c>en-GB</c>; null for other languages.</summary>
    public static string? Find(string? name) =>
        name is null ? null
        : IsOf(name, "zh") ? Chinese
        : IsOf(name, English) ? English
        : null;

    /// <summary>True when the page that runs is in Chinese.</summary>
    public static bool IsChinese => IsOf(CultureInfo.CurrentUICulture.Name, "zh");

    internal static void Configure(RequestLocalizationOptions options)
    {
        options.RequestCultureProviders =
        [
            new CustomRequestCultureProvider(context => Task.FromResult<ProviderCultureResult?>(Choose(context))),
        ];
        options.DefaultRequestCulture = new RequestCulture(English);

        // English words, but the day before the month where that is the custom.
        options.SupportedCultures = [.. CultureInfo.GetCultures(CultureTypes.AllCultures).Where(c => Find(c.Name) is not null)];
        options.SupportedUICultures = [new CultureInfo(Chinese), new CultureInfo(English)];
        options.ApplyCurrentCultureToResponseHeaders = true;
    }

    /// <summary>For answers that are made outside of the pipeline that does it.</summary>
    internal static void Apply(HttpContext context)
    {
        var choice = Choose(context);
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(choice.Cultures[0].ToString());
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(choice.UICultures[0].ToString());
    }

    private static ProviderCultureResult Choose(HttpContext context)
    {
        var wishes = context
            .Request.GetTypedHeaders()
            .AcceptLanguage.OrderByDescending(wish => wish.Quality ?? 1)
            .Select(wish => wish.Value.Value)
            .Where(name => Find(name) is not null)
            .ToList();
        var language = Find(context.Request.Cookies[CookieName]) ?? Find(wishes.FirstOrDefault()) ?? English;
        var region = language == English ? wishes.FirstOrDefault(name => Find(name) == English) : null;
        return new ProviderCultureResult(region ?? language, language);
    }

    private static bool IsOf(string name, string language) =>
        name.Equals(language, StringComparison.OrdinalIgnoreCase) || name.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);
}
