namespace ServiceLoop.Runtime.Migrating;

/// <summary>A run, or one instance of it, cannot be taken where somebody wants it. Nothing was changed.</summary>
/// <param name="code">Stable code.</param>
/// <param name="message">Which, why and the cure, as a sentence.</param>
public sealed class MigrationRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Stable code: <c>migration.unknown</c>, <c>migration.status</c>, <c>migration.target</c>, <c>migration.moved-on</c> …</summary>
    public string Code { get; } = code;
}
