namespace ServiceLoop.Workflows.CommandLine;

/// <summary>A command line that cannot be understood; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A command line taken apart: the verb, what stands free, and options with their values in the order given.</summary>
internal sealed class Arguments
{
    private readonly List<string> free = [];
    private readonly List<(string Name, string? Value)> options = [];

    /// <summary>What stands before and between the options.</summary>
    public IReadOnlyList<string> Free => free;

    /// <summary>Takes arguments apart.</summary>
    /// <param name="arguments">Everything after the verb.</param>
    /// <param name="valued">Options that take a value, as <c>--name value</c> or <c>--name=value</c>.</param>
    /// <param name="flags">Options that take none.</param>
    /// <param name="many">Those of <paramref name="valued"/> that take all that follows up to the next option, at least one.</param>
    /// <exception cref="UsageException">An option is not known, or lacks its value.</exception>
    public static Arguments Parse(IReadOnlyList<string> arguments, string[] valued, string[] flags, params string[] many)
    {
        var result = new Arguments();

        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];

            if (!IsOption(argument))
            {
                result.free.Add(argument);
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];

            if (flags.Contains(name) && equals < 0)
            {
                result.options.Add((name, null));
                continue;
            }

            if (!valued.Contains(name))
                throw new UsageException($"There is no option '{argument}' here. Use: {string.Join(", ", valued.Concat(flags))}.");

            if (equals >= 0)
            {
                result.options.Add((name, argument[(equals + 1)..]));
                continue;
            }

            if (i + 1 >= arguments.Count)
                throw new UsageException($"Option '{name}' lacks its value.");

            result.options.Add((name, arguments[++i]));

            while (many.Contains(name) && i + 1 < arguments.Count && !IsOption(arguments[i + 1]))
                result.options.Add((name, arguments[++i]));
        }

        return result;
    }

    /// <summary>True when the flag or option was given.</summary>
    public bool Has(string name) => options.Exists(o => o.Name == name);

    /// <summary>The value given last; null when the option was not given.</summary>
    public string? Find(string name) => options.FindLast(o => o.Name == name).Value;

    /// <summary>All values, in the order given.</summary>
    public IReadOnlyList<string> All(string name) => [.. options.Where(o => o.Name == name).Select(o => o.Value!)];

    private static bool IsOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2;
}
