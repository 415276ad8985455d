using System.Collections.Immutable;

namespace ServiceLoop.Engine.Compilation;

/// <summary>How bad it is.</summary>
public enum CompileSeverity
{
    /// <summary>It runs, but perhaps not as meant.</summary>
    Warning,

    /// <summary>It is never run.</summary>
    Error,
}

/// <summary>Something wrong in a definition.</summary>
/// <param name="Code">Stable code, for example <c>flow.duplicate-id</c>.</param>
/// <param name="Path">JSON path of the place.</param>
/// <param name="Message">A sentence that quotes the value and names the cure.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="ActivityId">Id of the activity that it is about; null for the definition as a whole.</param>
public sealed record CompileError(
    string Code,
    string Path,
    string Message,
    CompileSeverity Severity = CompileSeverity.Error,
    string? ActivityId = null
)
{
    /// <summary>What a person calls the activity; null when it is about none, or when the id is all that is known.</summary>
    public string? ActivityName { get; init; }

    /// <summary>
    /// Stable name of the sentence, for those who say it in another language: the code and what is special about the case, for example
    /// <c>lint.unknown-name.variable</c>. Null when there is only <see cref="Message"/>.
    /// </summary>
    public string? Sentence { get; init; }

    /// <summary>What stands in the sentence, in an order that belongs to its name; empty without one.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>In a path: between the place of a sub-workflow, and the place inside it.</summary>
    internal const char Inside = '→';

    /// <summary>The place in the innermost definition alone: <c>id:$.root…</c>, or <c>$…</c> in the outermost.</summary>
    public string InnermostPath() => Path[(Path.LastIndexOf(Inside) + 1)..];

    /// <summary>Leaves out what is said of a sub-workflow for each place that uses it: once is enough, for the first one.</summary>
    internal static ImmutableArray<CompileError> OncePerPlace(IReadOnlyList<CompileError> errors)
    {
        var first = new Dictionary<(string Code, string Path), string>();
        var kept = ImmutableArray.CreateBuilder<CompileError>();

        foreach (var error in errors)
        {
            var place = (error.Code, error.InnermostPath());

            // Two different errors of one kind may stand at one place.
            if (first.TryAdd(place, error.Path) || first[place] == error.Path)
                kept.Add(error);
        }

        return kept.DrainToImmutable();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {(Severity == CompileSeverity.Error ? "error" : "warning")} {Code}: {Message}";
}

/// <summary>A definition that was refused.</summary>
/// <param name="errors">All errors, at least one.</param>
public sealed class WorkflowCompilationException(IReadOnlyList<CompileError> errors)
    : Exception(string.Join('\n', errors.Select(e => e.ToString())))
{
    /// <summary>All errors.</summary>
    public IReadOnlyList<CompileError> Errors { get; } = errors;
}
