namespace ServiceLoop.Scripting;

/// <summary>How far a script may go before it is stopped. Every limit ends in an expression error that names the limit and its value.</summary>
public sealed record ScriptLimits
{
    /// <summary>Statements of one evaluation. A script of a workflow runs some hundreds; two million take about a quarter of a second.</summary>
    public int MaxStatements { get; init; } = 2_000_000;

    /// <summary>Wall time of one evaluation. A step holds its instance while it runs, so this is far below Elsa's 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that one evaluation may allocate in total, freed ones included.</summary>
    public long MaxAllocatedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How often one function may stand on the call stack. Deep enough for any tree, far from the end of the native stack.</summary>
    public int MaxRecursion { get; init; } = 200;

    /// <summary>Elements of one array, bytes of one byte array, and values of a structure that leaves the script.</summary>
    public int MaxArrayLength { get; init; } = 1_000_000;

    /// <summary>Characters of a text that one built-in function makes (<c>repeat</c>, <c>replace</c>, <c>JSON.stringify</c>) or a template renders.</summary>
    public int MaxTextLength { get; init; } = 4 * 1024 * 1024;

    /// <summary>Time of one match of a regular expression; patterns that backtrack without end run into it.</summary>
    public TimeSpan RegexTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Turns of all loops of one Liquid template.</summary>
    public int MaxTemplateLoops { get; init; } = 100_000;
}
