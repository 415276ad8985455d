using System.Text;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>
/// What texts are found by. Latin script: words, cut to their stem. Chinese: every two characters that stand together, because Chinese has no spaces and
/// PostgreSQL has no dictionary for it.
/// </summary>
internal static class Terms
{
    private const int LongestWord = 40;
    private const int MostTerms = 5000;

    private static readonly HashSet<string> Common = new(
        (
            "a an the and or but of to in on at by for with from as is are was were be been am do does did have has had i you he she it we they my your "
            + "our their me us them this that these those there here what which who how when where why can could will would shall should may might must not no "
            + "so if then than too very just please hello hi hey dear thanks thank about into out up down over again any some all"
        ).Split(' '),
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> CommonPairs = new(
        "您好 你好 请问 谢谢 一下 我们 你们 他们 这个 那个 什么 怎么 可以 是否 已经 但是 因为 所以 如果 还是 现在 的时 时候 我的 你的 了我 了吗 的是 一个 没有".Split(
            ' '
        ),
        StringComparer.Ordinal
    );

    /// <summary>The terms of a text, with those that stand several times.</summary>
    public static List<string> Of(string? text)
    {
        var terms = new List<string>();
        var word = new StringBuilder();
        var before = '\0';
        var run = 0;

        foreach (var letter in Normal(text))
        {
            if (terms.Count >= MostTerms)
                break;

            if (IsChinese(letter))
            {
                Flush();
                run++;

                if (run > 1 && !CommonPairs.Contains($"{before}{letter}"))
                    terms.Add($"{before}{letter}");

                before = letter;
                continue;
            }

            EndRun();

            if (char.IsLetterOrDigit(letter))
                word.Append(letter);
            else if (letter is not ('\'' or '’'))
                Flush();
        }

        EndRun();
        Flush();
        return terms;

        void Flush()
        {
            if (word.Length is > 1 and <= LongestWord && word.ToString() is var w && !Common.Contains(w))
                terms.Add(Stem(w));

            word.Clear();
        }

        // A character that stands alone is a term of its own.
        void EndRun()
        {
            if (run == 1)
                terms.Add(before.ToString());

            run = 0;
        }
    }

    /// <summary>A light stem: enough that <c>refunds</c>, <c>refunded</c> and <c>refunding</c> are the same.</summary>
    internal static string Stem(string word)
    {
        if (word.Length < 4 || !word.All(char.IsAsciiLetter))
            return word;

        var stem = word switch
        {
            _ when word.EndsWith("sses", StringComparison.Ordinal) => word[..^2],
            _ when word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4 => $"{word[..^3]}y",
            _ when word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i') => word[..^1],
            _ => word,
        };

        foreach (var ending in (ReadOnlySpan<string>)["ation", "ing", "ment", "ed", "ly"])
            if (stem.EndsWith(ending, StringComparison.Ordinal) && stem.Length - ending.Length >= 3 && stem[..^ending.Length].Any(IsVowel))
            {
                stem = stem[..^ending.Length];

                // "stopped" is "stop": the consonant was doubled only for the ending.
                if (stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z'))
                    stem = stem[..^1];

                break;
            }

        return stem.Length > 3 && stem.EndsWith('e') ? stem[..^1] : stem;
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    private static bool IsChinese(char c) => c is >= '\u4e00' and <= '\u9fff' or >= '\u3400' and <= '\u4dbf' or >= '\uf900' and <= '\ufaff';

    private static string Normal(string? text)
    {
        try
        {
            return (text ?? "").Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return (text ?? "").ToLowerInvariant();
        }
    }
}

/// <summary>How much terms of an article count: BM25, with the part that depends on the article alone computed once.</summary>
internal static class TermWeights
{
    private const double Saturation = 1.2;
    private const double LengthShare = 0.6;

    // Length of an article that is neither short nor long; a fixed one keeps weights comparable without touching other articles.
    private const double UsualLength = 120;

    // A term of the title says more about an article than one of its body.
    private const int TitleCounts = 3;

    /// <summary>Terms with their weights, 0 to 1: how much of the greatest weight that a term can have.</summary>
    public static IReadOnlyDictionary<string, float> Of(ArticleText article)
    {
        var title = Terms.Of(article.Title);
        var body = Terms.Of(article.Body);
        var length = title.Count + body.Count;
        var norm = Saturation * (1 - LengthShare + LengthShare * length / UsualLength);
        var weights = new Dictionary<string, float>(StringComparer.Ordinal);

        foreach (var group in Enumerable.Repeat(title, TitleCounts).SelectMany(t => t).Concat(body).GroupBy(t => t, StringComparer.Ordinal))
            weights[group.Key] = (float)(group.Count() / (group.Count() + norm));

        return weights;
    }
}
