using System.Text;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>In which of the languages of the desk a text is written.</summary>
public static class TextLanguage
{
    /// <summary>Chinese.</summary>
    public const string Chinese = "zh";

    /// <summary>English, and all else that is written in letters.</summary>
    public const string English = "en";

    // A Chinese sentence may name a product in Latin letters; one ideograph stands for more than one letter.
    private const int LettersOfAnIdeograph = 4;

    /// <summary><c>zh</c> or <c>en</c>.</summary>
    public static string Of(string text)
    {
        var (ideographs, letters) = (0, 0);

        foreach (var rune in text.EnumerateRunes())
            if (IsIdeograph(rune))
                ideographs++;
            else if (Rune.IsLetter(rune))
                letters++;

        return ideographs * LettersOfAnIdeograph > letters ? Chinese : English;
    }

    /// <summary>Whether a character is a Chinese one.</summary>
    public static bool IsIdeograph(Rune rune) =>
        rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3134F);
}
