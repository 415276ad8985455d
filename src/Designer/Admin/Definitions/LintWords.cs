using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>Says in the language of the page what is odd about a version.</summary>
internal static class LintWords
{
    /// <summary>The sentence with its values; null when it is only known in English, as the warning carries it.</summary>
    public static string? Of(IStringLocalizer<LintTexts> texts, LintWarning warning)
    {
        if (warning.Sentence is null || texts[warning.Sentence] is not { ResourceNotFound: false } text)
            return null;

        // What was kept with an old version may have been said with fewer values.
        var format = CompositeFormat.Parse(text.Value);
        return format.MinimumArgumentCount > warning.Values.Length
            ? null
            : string.Format(CultureInfo.CurrentCulture, format, [.. warning.Values]);
    }
}
