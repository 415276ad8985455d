using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>Secrets of the instance on the page that somebody has looked at; forgotten when the page shows something newer.</summary>
/// <param name="ask">Asks for the reason and shows one.</param>
public sealed class Revealed(Func<string, Task> ask)
{
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>A secret as it is; null while it is masked.</summary>
    public string? Find(string what) => texts.GetValueOrDefault(what);

    /// <summary>Asks to see one.</summary>
    public Task AskAsync(string what) => ask(what);

    /// <summary>Whether a text has a mask in it.</summary>
    public static bool IsMasked(string? text) => text?.Contains(SecretMask.Dots, StringComparison.Ordinal) == true;

    internal void Put(string what, string text) => texts[what] = text;

    internal void Clear() => texts.Clear();
}
