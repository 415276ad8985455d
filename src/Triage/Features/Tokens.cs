using System.Globalization;
using System.Text;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Triage.Features;

/// <summary>What a text is made of, for a classifier: words, stems, parts of words, pairs of words; for Chinese runs of characters. One form for all languages.</summary>
/// <remarks>The first character of a token names its group (<see cref="Groups"/>). Pure and bounded: a longer text is judged by its beginning.</remarks>
internal static class Tokens
{
    /// <summary>Stems and their neighbours.</summary>
    public const char Stem = 's';

    /// <summary>Parts of words.</summary>
    public const char Part = 'c';

    /// <summary>Pairs of stems, wherever they stand.</summary>
    public const char Pair = 'b';

    /// <summary>Runs of Chinese characters.</summary>
    public const char Run = 'z';

    /// <summary>Pairs of short runs of Chinese characters, wherever they stand.</summary>
    public const char RunPair = 'y';

    private const int LongestText = 2_000;
    private const int LongestWord = 40;
    private const int MostPaired = 40;
    private const int ShortestPart = 2;
    private const int LongestPart = 5;
    private const int LongestRun = 4;
    private const int ShortestPaired = 3;

    private static readonly string[] Marks = ["?", "$", "£", "€", "%"];

    /// <summary>All groups.</summary>
    public static readonly char[] Groups = [Stem, Part, Pair, Run, RunPair];

    /// <summary>The tokens of a text, in the order in which they stand; the same one may come more than once.</summary>
    public static List<string> Of(string text)
    {
        var (words, runs) = Split(text);
        var stems = words.ConvertAll(StemOf);
        var tokens = new List<string>(words.Count * 20);
        Neighbours(stems, tokens);

        foreach (var word in words)
            Parts(word, tokens);

        Pairs(Pair, [.. stems.Where(s => s.Length >= ShortestPaired)], tokens);

        foreach (var run in runs)
            Runs(run, tokens);

        Pairs(RunPair, [.. runs.SelectMany(Bigrams)], tokens);
        return tokens;
    }

    private static void Neighbours(List<string> stems, List<string> tokens)
    {
        for (var i = 0; i < stems.Count; i++)
        {
            tokens.Add($"{Stem}{stems[i]}");

            if (i + 1 < stems.Count)
                tokens.Add($"{Stem}{stems[i]} {stems[i + 1]}");
        }
    }

    private static void Parts(string word, List<string> tokens)
    {
        var padded = $" {word} ";

        for (var length = ShortestPart; length <= LongestPart; length++)
        for (var i = 0; i + length <= padded.Length; i++)
            tokens.Add($"{Part}{padded.AsSpan(i, length)}");
    }

    private static void Pairs(char group, IEnumerable<string> items, List<string> tokens)
    {
        var distinct = items.Distinct(StringComparer.Ordinal).Take(MostPaired).Order(StringComparer.Ordinal).ToArray();

        for (var i = 0; i < distinct.Length; i++)
        for (var j = i + 1; j < distinct.Length; j++)
            tokens.Add($"{group}{distinct[i]} {distinct[j]}");
    }

    private static void Runs(string run, List<string> tokens)
    {
        var padded = $" {run} ";

        for (var length = 1; length <= LongestRun; length++)
        for (var i = 0; i + length <= padded.Length; i++)
            tokens.Add($"{Run}{padded.AsSpan(i, length)}");
    }

    private static IEnumerable<string> Bigrams(string run)
    {
        for (var i = 0; i + 2 <= run.Length; i++)
            yield return run.Substring(i, 2);
    }

    // Words of letters and digits, and runs of Chinese characters; numbers are all the same, traditional characters are made simple.
    private static (List<string> Words, List<string> Runs) Split(string text)
    {
        var (words, runs) = (new List<string>(), new List<string>());
        var (word, run) = (new StringBuilder(), new StringBuilder());

        foreach (var rune in Sound(text).Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (rune.Value is '\'' or 0x2019 or 0x2018)
                continue;

            if (TextLanguage.IsIdeograph(rune))
            {
                End(word, words);
                run.Append(SimpleCharacters.Of(rune));
                continue;
            }

            End(run, runs);

            if (Rune.IsDigit(rune))
            {
                if (word.Length == 0 || word[^1] != '0')
                    word.Append('0');
            }
            else if (Rune.IsLetter(rune))
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            else
            {
                End(word, words);

                if (Marks.Contains(rune.ToString()))
                    words.Add(rune.ToString());
            }
        }

        End(word, words);
        End(run, runs);
        return (words, runs);
    }

    /// <summary>The beginning of a text, without halves of characters and such as mean nothing: they cannot be normalised.</summary>
    internal static string Sound(string text)
    {
        var sound = new StringBuilder(Math.Min(text.Length, LongestText));

        foreach (var rune in text.EnumerateRunes())
        {
            if (sound.Length >= LongestText)
                break;

            if (rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned)
                sound.Append(rune.ToString());
        }

        return sound.ToString();
    }

    private static void End(StringBuilder piece, List<string> pieces)
    {
        if (piece.Length is > 0 and <= LongestWord || (piece.Length > 0 && TextLanguage.Of(piece.ToString()) == TextLanguage.Chinese))
            pieces.Add(piece.ToString());

        piece.Clear();
    }

    /// <summary>A word without the endings of English grammar: crude, and the same for all forms of most words.</summary>
    internal static string StemOf(string word)
    {
        if (word.Length < 4 || !char.IsAsciiLetter(word[0]))
            return word;

        var stem = word;

        if (stem.Length > 4)
        {
            if (stem.EndsWith("ing", StringComparison.Ordinal))
                stem = stem[..^3];
            else if (EndsWith(stem, "ed") || EndsWith(stem, "es") || EndsWith(stem, "ly"))
                stem = stem[..^2];
            else if (EndsWith(stem, "s") && !EndsWith(stem, "ss"))
                stem = stem[..^1];

            return EndsWith(stem, "e") ? stem[..^1] : stem;
        }

        return EndsWith(stem, "s") && !EndsWith(stem, "ss") ? stem[..^1] : stem;
    }

    private static bool EndsWith(string word, string end) => word.EndsWith(end, StringComparison.Ordinal);
}
