using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Something that is odd about a version.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Path">JSON path of the place.</param>
/// <param name="ActivityId">Id of the activity that it is about; null for the definition as a whole.</param>
/// <param name="Message">A sentence that quotes the value and names the cure.</param>
/// <param name="Severity">How bad it is; what is kept with a published version is never an error.</param>
public sealed record LintWarning(
    string Code,
    string Path,
    string? ActivityId,
    string Message,
    [property: JsonConverter(typeof(JsonStringEnumConverter<CompileSeverity>))] CompileSeverity Severity
)
{
    /// <summary>Stable name of the sentence, for those who say it in another language; null when there is only <see cref="Message"/>.</summary>
    public string? Sentence { get; init; }

    /// <summary>What stands in the sentence, in the order of its name.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same as a warning.</summary>
    public static LintWarning Of(CompileError error) =>
        new(error.Code, error.Path, error.ActivityId, error.Message, error.Severity) { Sentence = error.Sentence, Values = error.Values };

    /// <summary>Reads what was kept with a version; nothing stands for none.</summary>
    public static ImmutableArray<LintWarning> Read(ReadOnlyMemory<byte> utf8) =>
        utf8.IsEmpty ? [] : JsonSerializer.Deserialize<ImmutableArray<LintWarning>>(utf8.Span, Json);

    internal static ReadOnlyMemory<byte> Write(ImmutableArray<LintWarning> warnings) =>
        warnings.IsEmpty ? default(ReadOnlyMemory<byte>) : JsonSerializer.SerializeToUtf8Bytes(warnings, Json);
}
