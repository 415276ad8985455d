using System.Text.Json;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>A contact with what came with it.</summary>
internal sealed record ContactEvidence(Interaction Contact, string Transcript, string Attachments);

/// <summary>What contacts tell about a case.</summary>
/// <param name="Facts">Facts.</param>
/// <param name="Unsure">Contacts whose transcripts must be verified.</param>
internal sealed record GatheredFacts(IReadOnlyList<ProblemFact> Facts, IReadOnlyList<string> Unsure);

/// <summary>Gathers facts from contacts: pure, so that it may be done again at any time.</summary>
internal static class FileAssembly
{
    /// <summary>Below this mean confidence of what the customer said, a transcript is verified by a person.</summary>
    public const double UsableConfidence = 0.8;

    private const int MostText = 20_000;

    /// <summary>The facts of contacts.</summary>
    public static GatheredFacts Gather(IEnumerable<ContactEvidence> contacts, string? homePrefix)
    {
        var facts = new List<ProblemFact>();
        var unsure = new List<string>();

        foreach (var evidence in contacts.Where(c => c.Contact.State != InteractionState.Spam))
        {
            var (contact, source) = (evidence.Contact, $"contact:{evidence.Contact.Id}");
            var heard = Heard(evidence.Transcript);
            var sure = contact.Direction == InteractionDirection.Inbound ? heard ?? 1 : 1;

            if (heard < UsableConfidence)
                unsure.Add(contact.Id);

            // What we wrote ourselves is no evidence.
            if (contact.Direction == InteractionDirection.Inbound)
                facts.AddRange(
                    FactRules
                        .Of($"{contact.Subject}\n{contact.Body}", contact.StartedAt, homePrefix)
                        .Select(f => new ProblemFact(f.Key, f.Value, source, Math.Round(f.Confidence * sure, 3), contact.ReceivedAt))
                );

            facts.AddRange(
                ListOf<Attached>(evidence.Attachments).Where(a => a.Name is not null).Select(a => FileFact(a, source, contact.ReceivedAt))
            );
        }

        return new(
            [.. facts.GroupBy(f => (f.Key, f.Value)).Select(g => g.MaxBy(f => f.Confidence)!).OrderBy(f => f.Key, StringComparer.Ordinal)],
            unsure
        );
    }

    /// <summary>What the customer said in all contacts, the oldest first, cut from its beginning where it is too long.</summary>
    public static string TextOf(IEnumerable<Interaction> contacts)
    {
        var text = string.Join(
            "\n",
            contacts
                .Where(c => c.Direction == InteractionDirection.Inbound && c.State != InteractionState.Spam)
                .SelectMany(c => new[] { c.Subject, c.Body })
                .Where(t => !string.IsNullOrEmpty(t))
        );
        return text.Length <= MostText ? text
            // Never half a character: nothing keeps one.
            : char.IsLowSurrogate(text[^MostText]) ? text[^(MostText - 1)..]
            : text[^MostText..];
    }

    /// <summary>How sure the recognition of the customer was in the mean; null where nothing was recognised.</summary>
    private static double? Heard(string transcript)
    {
        var said = ListOf<Said>(transcript)
            .Where(s => s is { Speaker: "customer", Text: not null, Confidence: >= 0 and <= 1 })
            .Select(s => (Length: s.Text.Length + 1, Sure: s.Confidence!.Value))
            .ToList();
        return said.Count == 0 ? null : said.Sum(s => s.Length * s.Sure) / said.Sum(s => s.Length);
    }

    private static IReadOnlyList<T> ListOf<T>(string json)
    {
        try
        {
            return [.. JsonSerializer.Deserialize<List<T>>(json, JsonSerializerOptions.Web)!.Where(e => e is not null)];
        }
        catch (JsonException)
        {
            // Contacts that came by another door may write theirs in their own way.
            return [];
        }
    }

    private static ProblemFact FileFact(Attached a, string source, DateTimeOffset at) =>
        a.Kind == "recording"
            ? new("recording", a.Name, source, 1, at)
            : new(
                a.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true ? "picture" : "file",
                $"{a.Name} ({string.Join(", ", Told(a))})",
                source,
                1,
                at
            );

    private static IEnumerable<string> Told(Attached a)
    {
        yield return a.MediaType ?? "?";
        yield return $"{a.Size ?? 0} bytes";

        if (a is { Width: { } width, Height: { } height })
            yield return $"{width}×{height}";

        if (a.TakenAt is { } taken)
            yield return $"{taken:yyyy-MM-dd HH:mm}";
    }
}
