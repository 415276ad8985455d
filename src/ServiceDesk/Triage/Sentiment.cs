using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>How a customer sounds.</summary>
/// <param name="Score">−1 (very negative) to 1 (very positive); 0 when nothing tells.</param>
/// <param name="IsAngry">True when the words, or the way they are written, are those of an angry person.</param>
public readonly record struct SentimentScore(double Score, bool IsAngry);

/// <summary>Tells by rules and words how a text sounds, in English and Chinese. Pure: no model, no clock.</summary>
/// <remarks>
/// Words have weights from −3 to 3 (<c>Lexicon/sentiment.*.txt</c>); a negation before a word turns it round and weakens it, a word of degree makes it stronger,
/// what follows "but" counts more. The sum is pressed into −1..1. Words marked <c>!</c> are those of anger.
/// </remarks>
public static class Sentiment
{
    private const int LongestText = 8_000;
    private const int LongestEntry = 8;
    private const double Turned = -0.6;
    private const double Stronger = 1.5;
    private const double AfterBut = 1.5;

    // Sum of the weights at which the score is 0.7.
    private const double Half = 3;

    private static readonly FrozenDictionary<string, Entry> English = Load("en");
    private static readonly FrozenDictionary<string, Entry> Chinese = Load("zh");

    /// <summary>How a text sounds.</summary>
    public static SentimentScore Of(string text)
    {
        var plain = Plain(text.Length > LongestText ? text[..LongestText] : text);
        var tally = new Tally();
        var i = 0;

        while (i < plain.Length)
        {
            var length = char.IsAsciiLetter(plain[i]) ? Word(plain, i, tally) : Characters(plain, i, tally);
            i += Math.Max(1, length);
        }

        var shouts = Shouts(text);
        var score = tally.Sum / Math.Sqrt(tally.Sum * tally.Sum + Half * Half);
        var isAngry = tally.IsAngry || (shouts && tally.Sum <= -2) || score <= -0.85;
        return new(Math.Round(isAngry ? Math.Min(score, -0.3) : score, 3), isAngry);
    }

    private static int Word(string text, int start, Tally tally)
    {
        // Several words may be one entry: "fed up", "waste of time".
        var (best, found) = (0, default(Entry));
        var end = start;

        for (var words = 0; words < 4 && end < text.Length && char.IsAsciiLetter(text[end]); words++)
        {
            while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '\''))
                end++;

            if (best == 0)
                best = end - start;

            if (English.TryGetValue(text[start..end], out var entry))
                (best, found) = (end - start, entry);

            if (end + 1 < text.Length && text[end] == ' ')
                end++;
            else
                break;
        }

        tally.Take(found);
        return best;
    }

    private static int Characters(string text, int start, Tally tally)
    {
        if (text[start] is '.' or '!' or '?' or ';' or ',' or '\n')
        {
            tally.Pause(text[start] == '!');
            return 1;
        }

        for (var length = Math.Min(LongestEntry, text.Length - start); length > 0; length--)
            if (Chinese.TryGetValue(text.Substring(start, length), out var entry))
            {
                tally.Take(entry);
                return length;
            }

        tally.Take(default);
        return 1;
    }

    // Compatibility forms, case and Chinese punctuation are made one; half characters become what stands for unreadable ones.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);

        foreach (var rune in text.EnumerateRunes())
            plain.Append(
                rune.Value switch
                {
                    '。' or '．' => ".",
                    '！' => "!",
                    '？' => "?",
                    '，' or '、' or '；' => ",",
                    '’' => "'",
                    _ => Rune.ToLowerInvariant(rune).ToString(),
                }
            );

        return plain.ToString();
    }

    private static bool Shouts(string text)
    {
        var (upper, letters, marks, inRow) = (0, 0, 0, 0);

        foreach (var c in text.Take(LongestText))
        {
            if (char.IsAsciiLetter(c))
                (letters, upper) = (letters + 1, upper + (char.IsAsciiLetterUpper(c) ? 1 : 0));

            inRow = c is '!' or '！' ? inRow + 1 : 0;
            marks = Math.Max(marks, inRow);
        }

        return marks >= 2 || (letters >= 12 && upper * 10 > letters * 7);
    }

    private static FrozenDictionary<string, Entry> Load(string language)
    {
        using var stream =
            typeof(Sentiment).Assembly.GetManifestResourceStream($"{typeof(Sentiment).Namespace}.Lexicon.sentiment.{language}.txt")
            ?? throw new InvalidOperationException($"The words of '{language}' are not embedded.");
        using var reader = new StreamReader(stream);
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);

        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;

            var tab = line.LastIndexOf('\t');
            entries.Add(line[..tab], Entry.Read(line[(tab + 1)..]));
        }

        return entries.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private enum Kind
    {
        None,
        Weight,
        Anger,
        Negation,
        Degree,
        But,
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(Kind Kind, double Weight)
    {
        public static Entry Read(string text) =>
            text switch
            {
                "not" => new(Kind.Negation, 0),
                "very" => new(Kind.Degree, 0),
                "but" => new(Kind.But, 0),
                _ when text.EndsWith('!') => new(Kind.Anger, double.Parse(text[..^1], CultureInfo.InvariantCulture)),
                _ => new(Kind.Weight, double.Parse(text, CultureInfo.InvariantCulture)),
            };
    }

    private sealed class Tally
    {
        // How many words a negation or a degree reaches.
        private const int Reach = 3;

        private int negated;
        private int stressed;
        private double before;
        private double last;

        public double Sum => before + last;

        public bool IsAngry { get; private set; }

        public void Take(Entry entry)
        {
            switch (entry.Kind)
            {
                case Kind.Negation:
                    negated = Reach + 1;
                    break;
                case Kind.Degree:
                    stressed = Reach + 1;
                    break;
                case Kind.But:
                    (before, last) = ((before + last) / AfterBut, 0);
                    negated = stressed = 0;
                    break;
                case Kind.Weight or Kind.Anger:
                    var weight = entry.Weight * (stressed > 0 ? Stronger : 1) * (negated > 0 ? Turned : 1);
                    last += weight;
                    IsAngry |= entry.Kind == Kind.Anger && negated == 0;
                    negated = stressed = 0;
                    break;
            }

            negated = Math.Max(0, negated - 1);
            stressed = Math.Max(0, stressed - 1);
        }

        public void Pause(bool isExclaimed)
        {
            negated = stressed = 0;

            if (isExclaimed && last < 0)
                last -= 0.3;
        }
    }
}
