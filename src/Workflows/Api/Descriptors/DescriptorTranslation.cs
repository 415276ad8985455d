using ServiceLoop.Activities.CustomerService;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>Descriptors in the language of who asks. Names that definitions refer to stay as they are: only what people read is translated.</summary>
internal static class DescriptorTranslation
{
    /// <summary>True when who asks would rather read Chinese.</summary>
    public static bool IsChinese(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .AcceptLanguage.Where(l => l.Quality is null or > 0)
            .OrderByDescending(l => l.Quality ?? 1)
            .FirstOrDefault(l =>
                l.Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || l.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase)
            )
            ?.Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A descriptor in Chinese, as far as there are texts.</summary>
    public static ActivityDescriptorView InChinese(ActivityDescriptorView type) =>
        Text(type.TypeName) is null
            ? type
            : type with
            {
                DisplayName = Text(type.TypeName) ?? type.DisplayName,
                Description = Text($"{type.TypeName}:help") ?? type.Description,
                Category = CategoryOf(type.Category)!,
                Inputs =
                [
                    .. type.Inputs.Select(i =>
                        i with
                        {
                            DisplayName = Text($"{type.TypeName}/{i.Name}") ?? i.DisplayName,
                            Description = Text($"{type.TypeName}/{i.Name}:help") ?? i.Description,
                            Category = CategoryOf(i.Category),
                        }
                    ),
                ],
                Outputs =
                [
                    .. type.Outputs.Select(o =>
                        o with
                        {
                            DisplayName = Text($"{type.TypeName}/{o.Name}") ?? o.DisplayName,
                            Description = Text($"{type.TypeName}/{o.Name}:help") ?? o.Description,
                        }
                    ),
                ],
                Ports = [.. type.Ports.Select(p => p with { DisplayName = Text($"Outcome:{p.Name}") ?? p.DisplayName })],
            };

    private static string? CategoryOf(string? category) => category is null ? null : Text($"Category:{category}") ?? category;

    private static string? Text(string key) => ActivityTexts.Find(ActivityTexts.Chinese, key);
}
