using System.Buffers;
using System.Collections;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Header fields as authors write them: an object whose members are texts or lists of texts.</summary>
internal static class HttpHeaderFields
{
    // RFC 9110 §5.6.2: token.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    private static readonly string[] OwnedByTheConnection = ["Content-Length", "Transfer-Encoding", "Connection", "Upgrade"];

    /// <summary>The fields, each with its values; names compare without regard to case.</summary>
    /// <exception cref="WorkflowFaultException">A name or value cannot be sent.</exception>
    public static Dictionary<string, IReadOnlyList<string>> Read(IDictionary<string, object?>? given)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

        foreach (var (name, value) in given ?? new Dictionary<string, object?>())
        {
            var values = value is IEnumerable list and not (string or IDictionary)
                ? list.Cast<object?>().Select(v => ValueConverter.Text(v) ?? "").ToArray()
                : [ValueConverter.Text(value) ?? ""];

            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
                throw Wrong($"'{name}' is not the name of a header.");

            if (OwnedByTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw Wrong($"The header '{name}' is set by the connection itself. Leave it out.");

            foreach (var text in values)
                Check(name, text);

            fields[name] = values;
        }

        return fields;
    }

    /// <summary>Refuses a value that would not arrive as it is.</summary>
    public static void Check(string name, string value)
    {
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') && value.Any(c => c != '\t' && c is < ' ' or > '~'))
            throw Wrong($"The value of the header '{name}' holds a line break or another character that headers cannot carry.");
    }

    private static WorkflowFaultException Wrong(string message) => new(message, "http.header");
}
