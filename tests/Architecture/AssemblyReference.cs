namespace ServiceLoop.Architecture.Tests;

/// <summary>One assembly names another in its metadata; both by simple name.</summary>
internal sealed record AssemblyReference(string From, string To)
{
    private const string Prefix = "ServiceLoop.";

    public bool IsOurs => To.StartsWith(Prefix, StringComparison.Ordinal);

    public static string Name(string folder) => Prefix + folder;

    public static string Folder(string assembly) =>
        assembly.StartsWith(Prefix, StringComparison.Ordinal) ? assembly[Prefix.Length..] : assembly;

    public override string ToString() => $"{From} → {To}";
}
