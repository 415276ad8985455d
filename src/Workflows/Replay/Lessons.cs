using System.Collections.Immutable;
using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>
/// Messages by what they are for: the model learns every second one of a category, and customers say the others. So what triage is measured by was never
/// seen by it.
/// </summary>
/// <param name="Learned">What the model learns.</param>
/// <param name="Said">What customers say.</param>
internal sealed record Lessons(ImmutableArray<CustomerMessage> Learned, ImmutableArray<CustomerMessage> Said)
{
    /// <summary>Shares messages out. The only message of a category is said, and not learned.</summary>
    public static Lessons Of(IEnumerable<CustomerMessage> messages)
    {
        var (learned, said) = (ImmutableArray.CreateBuilder<CustomerMessage>(), ImmutableArray.CreateBuilder<CustomerMessage>());

        foreach (var group in messages.GroupBy(m => m.Category, StringComparer.Ordinal))
        {
            var no = 0;

            foreach (var message in group)
                (no++ % 2 == 0 ? said : learned).Add(message);
        }

        return new(learned.ToImmutable(), said.ToImmutable());
    }

    /// <summary>Writes what is to be learned, as the trainer reads it.</summary>
    public async Task WriteAsync(string path, CancellationToken ct)
    {
        var text = new StringBuilder("text,label\n");

        foreach (var message in Learned)
            text.Append(Quoted(message.Text)).Append(',').Append(Quoted(message.Category)).Append('\n');

        await File.WriteAllTextAsync(path, text.ToString(), new UTF8Encoding(false), ct);
    }

    private static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
