using System.Globalization;

namespace ServiceLoop.Runtime.Bench;

/// <summary>One thing that this program can measure.</summary>
internal interface IBenchMode
{
    /// <summary>First argument.</summary>
    string Name { get; }

    /// <summary>One line: what it does and its options.</summary>
    string Usage { get; }

    /// <summary>Measures and prints Markdown.</summary>
    Task RunAsync(Arguments arguments, CancellationToken ct);
}

/// <summary>Options as <c>--name value</c>.</summary>
internal sealed class Arguments(string[] arguments)
{
    public int Number(string name, int fallback) =>
        Array.IndexOf(arguments, "--" + name) is >= 0 and var i ? int.Parse(arguments[i + 1], CultureInfo.InvariantCulture) : fallback;

    public int[] Numbers(string name, params int[] fallback) =>
        Array.IndexOf(arguments, "--" + name) is >= 0 and var i
            ? [.. arguments[i + 1].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))]
            : fallback;

    public string Text(string name, string fallback) =>
        Array.IndexOf(arguments, "--" + name) is >= 0 and var i ? arguments[i + 1] : fallback;

    public bool Has(string name) => arguments.Contains("--" + name);
}
