namespace ServiceLoop.ServiceDesk;

/// <summary>What holds for every text that somebody sends: PostgreSQL keeps no NUL, and half a character is a mistake of the sender.</summary>
public static class TextRules
{
    /// <summary>A text that must be there.</summary>
    /// <param name="text">As it was sent.</param>
    /// <param name="field">Name of the field, for the refusal.</param>
    /// <param name="most">UTF-16 units that are allowed.</param>
    /// <returns>The text without spaces around it.</returns>
    /// <exception cref="DeskRefusedException">It is missing, too long, or holds what cannot be kept.</exception>
    public static string Required(string? text, string field, int most) =>
        Optional(text, field, most)
        ?? throw DeskRefusedException.Invalid(
            "text.missing",
            field,
            $"'{field}' is missing or empty. Give a text of 1 to {most} characters."
        );

    /// <summary>A text that may be missing.</summary>
    /// <returns>The text without spaces around it; null for none.</returns>
    /// <exception cref="DeskRefusedException">It is too long, or holds what cannot be kept.</exception>
    public static string? Optional(string? text, string field, int most)
    {
        var trimmed = text?.Trim();

        if (string.IsNullOrEmpty(trimmed))
            return null;

        if (trimmed.Length > most)
            throw DeskRefusedException.Invalid(
                "text.too-long",
                field,
                $"'{field}' has {trimmed.Length} characters, and {most} are allowed. Shorten it."
            );

        if (FaultAt(trimmed) is var at and >= 0)
            throw DeskRefusedException.Invalid(
                "text.unreadable",
                field,
                $"'{field}' holds the character U+{(int)trimmed[at]:X4} at place {at}, which cannot be kept. Remove it."
            );

        return trimmed;
    }

    /// <summary>The beginning of a text, fit to stand in a sentence: what cannot be shown is left out.</summary>
    public static string Quote(string? text)
    {
        const int most = 60;
        var shown = new string([.. (text ?? "").Take(most).Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
        return text is { Length: > most } ? $"{shown}…" : shown;
    }

    private static int FaultAt(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
                return i;
        }

        return -1;
    }
}
