namespace ServiceLoop.Workflows.Api;

/// <summary>A value out of a few, as it stands in a query or a body.</summary>
internal static class Choice
{
    /// <summary>The value that a text names, in any case; null for none.</summary>
    /// <param name="text">What was sent. A number is no name.</param>
    /// <param name="name">What it is, for the sentence.</param>
    /// <exception cref="RequestException">There is no such value.</exception>
    public static T? Find<T>(string? text, string name)
        where T : struct, Enum =>
        string.IsNullOrWhiteSpace(text) ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !text.Any(char.IsAsciiDigit) ? value
        : throw new RequestException("filter.value", $"'{text}' is no {name}. Use one of {string.Join(", ", Enum.GetNames<T>())}.");
}
