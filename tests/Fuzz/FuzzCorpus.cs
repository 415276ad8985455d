using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Fuzz;

/// <summary>The definitions to begin with: those of <c>tests/Golden</c>.</summary>
public sealed class FuzzCorpus
{
    private static readonly string[] Files = ["elsa-3.6.3.jsonl", "own.jsonl"];

    private FuzzCorpus(ImmutableArray<ImmutableArray<byte[]>> cases) => Cases = cases;

    /// <summary>Each case: the definition to run, then those that it uses.</summary>
    public ImmutableArray<ImmutableArray<byte[]>> Cases { get; }

    /// <summary>Texts that mean something somewhere in a definition, to be put where they mean nothing.</summary>
    public ImmutableArray<string> Words { get; private init; } = [];

    /// <summary>Reads the corpus above the program's folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside a checkout.</exception>
    public static FuzzCorpus Read()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "tests", "Golden") is var golden && Directory.Exists(golden))
                return ReadFrom(golden);

        throw new DirectoryNotFoundException($"tests/Golden is not above {AppContext.BaseDirectory}.");
    }

    public IReadOnlyList<byte[]> Any(Dice dice) => dice.Of<ImmutableArray<byte[]>>(Cases);

    private static FuzzCorpus ReadFrom(string golden)
    {
        var cases = ImmutableArray.CreateBuilder<ImmutableArray<byte[]>>();
        var words = new SortedSet<string>(StringComparer.Ordinal);

        foreach (var line in Files.SelectMany(file => File.ReadLines(Path.Combine(golden, file))).Where(line => line.Length > 0))
        {
            using var document = JsonDocument.Parse(line);

            if (!document.RootElement.GetProperty("given").TryGetProperty("defs", out var definitions))
                continue;

            cases.Add([.. definitions.EnumerateArray().Select(d => JsonSerializer.SerializeToUtf8Bytes(d))]);
            Collect(definitions, words);
        }

        return new(cases.DrainToImmutable()) { Words = [.. words] };
    }

    private static void Collect(JsonElement json, SortedSet<string> words)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    words.Add(member.Name);
                    Collect(member.Value, words);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    Collect(item, words);

                break;
            case JsonValueKind.String when json.GetString() is { Length: < 80 } text:
                words.Add(text);
                break;
        }
    }
}
