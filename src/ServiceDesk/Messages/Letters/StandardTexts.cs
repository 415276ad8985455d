using System.Collections.Concurrent;
using System.Reflection;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Messages.Letters;

/// <summary>The texts that come with the product, in Chinese and English. The first line of a file is the subject, the rest the text.</summary>
internal static class StandardTexts
{
    /// <summary>Languages that each of them has.</summary>
    public static readonly string[] Languages = ["zh", "en"];

    private static readonly ConcurrentDictionary<(string Name, string Language), MessageTemplate> Known = new();

    /// <summary>A text; Chinese for every kind of Chinese, English for all others.</summary>
    /// <exception cref="InvalidOperationException">The product has no such text.</exception>
    public static MessageTemplate Of(string name, MessageChannel channel, string language) =>
        Known.GetOrAdd((name, language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh" : "en"), static key => Read(key)) with
        {
            Channel = channel,
        };

    private static MessageTemplate Read((string Name, string Language) key)
    {
        var file = $"ServiceLoop.Letters.{key.Name}.{key.Language}.txt";
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The product has no text '{file}'.");
        using var reader = new StreamReader(stream);
        var subject = reader.ReadLine();
        return new(
            key.Name,
            MessageChannel.Outbox,
            key.Language,
            0,
            MessageFormat.Text,
            subject,
            reader.ReadToEnd().TrimEnd(),
            null,
            "product",
            default,
            null
        );
    }
}
