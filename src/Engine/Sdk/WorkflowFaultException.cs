namespace ServiceLoop.Engine;

/// <summary>Thrown by an activity to fault on purpose, with a code that others may act on.</summary>
public sealed class WorkflowFaultException : Exception
{
    /// <summary>Creates the fault.</summary>
    /// <param name="message">What went wrong, as a sentence.</param>
    /// <param name="code">Stable code; optional.</param>
    /// <param name="category">Group of codes, for example <c>HTTP</c>; optional.</param>
    /// <param name="faultType">Kind of fault, for example <c>System</c> or <c>Business</c>; optional.</param>
    public WorkflowFaultException(string message, string? code = null, string? category = null, string? faultType = null)
        : base(message) => (Code, Category, FaultType) = (code, category, faultType);

    /// <summary>Stable code.</summary>
    public string? Code { get; }

    /// <summary>Group of codes.</summary>
    public string? Category { get; }

    /// <summary>Kind of fault.</summary>
    public string? FaultType { get; }
}
