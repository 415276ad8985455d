using System.Collections.Concurrent;
using System.Text;

namespace ServiceLoop.ServiceDesk;

/// <summary>The members of an enum as they stand in tables, addresses and JSON: <c>PendingCustomer</c> is <c>pending-customer</c>.</summary>
public static class Words
{
    private static readonly ConcurrentDictionary<Type, (Dictionary<string, object> ByWord, Dictionary<object, string> ByMember)> Known =
        new();

    /// <summary>The word of a member.</summary>
    public static string Of<T>(T member)
        where T : struct, Enum => For(typeof(T)).ByMember[member];

    /// <summary>All words of an enum, in the order of its members.</summary>
    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    /// <summary>The member of a word; null for a word that is none.</summary>
    public static T? Find<T>(string? word)
        where T : struct, Enum => word is not null && For(typeof(T)).ByWord.TryGetValue(word, out var member) ? (T)member : null;

    /// <summary>The member of a word that somebody sent.</summary>
    /// <exception cref="DeskRefusedException">It is none of the words.</exception>
    public static T Read<T>(string? word, string field)
        where T : struct, Enum =>
        Find<T>(word)
        ?? throw DeskRefusedException.Invalid(
            "word.unknown",
            field,
            $"'{field}' is '{TextRules.Quote(word)}', and must be one of {string.Join(", ", All<T>())}."
        );

    private static (Dictionary<string, object> ByWord, Dictionary<object, string> ByMember) For(Type type) =>
        Known.GetOrAdd(
            type,
            static t =>
            {
                var members = Enum.GetValuesAsUnderlyingType(t).Cast<object>().Select(v => Enum.ToObject(t, v)).ToList();
                return (
                    members.ToDictionary(m => Word(m.ToString()!), m => m, StringComparer.OrdinalIgnoreCase),
                    members.ToDictionary(m => m, m => Word(m.ToString()!))
                );
            }
        );

    private static string Word(string name)
    {
        var word = new StringBuilder();

        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && word.Length > 0)
                word.Append('-');

            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }
}
