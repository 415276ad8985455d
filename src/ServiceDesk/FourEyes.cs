namespace ServiceLoop.ServiceDesk;

/// <summary>Who says yes to something must be somebody else than who made it, also where one acts for the other.</summary>
internal static class FourEyes
{
    private const string For = " for ";

    /// <summary>Whether two people, as <see cref="Runtime.Access.Actor.Who"/> writes them, have no name in common.</summary>
    public static bool Are(string one, string other) => !NamesOf(one).Intersect(NamesOf(other), StringComparer.OrdinalIgnoreCase).Any();

    // A name may itself hold the word: so the whole counts too.
    private static IEnumerable<string> NamesOf(string who) => who.Split(For).Append(who);
}
