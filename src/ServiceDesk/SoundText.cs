namespace ServiceLoop.ServiceDesk;

/// <summary>Questions about texts from outside, where a list of problems is wanted instead of a refusal.</summary>
internal static class SoundText
{
    private const int MaxQuoted = 60;

    /// <summary>Whether a text can be stored and sent on: no NUL, no half of a surrogate pair.</summary>
    public static bool IsSound(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
                return false;

            if (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[++i])))
                return false;
        }

        return true;
    }

    /// <summary>Whether a text is sound and has no control characters.</summary>
    public static bool IsOneLine(string text) => IsSound(text) && !text.Any(char.IsControl);

    /// <summary>A text as it may stand in a message: short, and without what would break one.</summary>
    public static string Quoted(string? text)
    {
        var shown = new string([.. (text ?? "").Take(MaxQuoted).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return text?.Length > MaxQuoted ? $"{shown}…" : shown;
    }
}
