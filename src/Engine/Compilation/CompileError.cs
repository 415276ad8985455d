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
