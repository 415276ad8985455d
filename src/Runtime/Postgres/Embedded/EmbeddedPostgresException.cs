namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>The embedded PostgreSQL could not be found, created, started or reached. The message says what, which, why and the cure.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    internal EmbeddedPostgresException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>A program of PostgreSQL or npm failed: <paramref name="what"/>, the end of what it said, and the <paramref name="cure"/>.</summary>
    internal static EmbeddedPostgresException Of(string what, string said, string cure) => new($"{what}\n{Indented(said)}\n{cure}");

    private static string Indented(string text) =>
        string.Join(
            '\n',
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(TailLines).Select(line => "  | " + line.TrimEnd())
        );

    // Enough for "FATAL, DETAIL, HINT" of the last attempt and the lines that led to it.
    private const int TailLines = 15;
}
