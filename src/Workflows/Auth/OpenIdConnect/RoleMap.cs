using ServiceLoop.Identity;

namespace ServiceLoop.Workflows.Auth.OpenIdConnect;

/// <summary>The setting that maps roles of an authority.</summary>
internal static class RoleMap
{
    private const string Setting = "People:OpenIdConnect:RoleMap";

    /// <summary>Reads it by itself: roles may have colons (<c>urn:example:agent</c>), which configuration takes for sections.</summary>
    public static PeopleOptions Read(IConfiguration settings, PeopleOptions people)
    {
        if (people.OpenIdConnect is not { } authority)
            return people;

        var section = settings.GetSection(Setting);
        var map = section
            .AsEnumerable(makePathsRelative: true)
            .Where(s => s.Value is not null && !(s.Value.Length == 0 && section.GetSection(s.Key).GetChildren().Any()))
            .ToDictionary(s => s.Key, s => s.Value!, StringComparer.Ordinal);
        return people with { OpenIdConnect = authority with { RoleMap = map } };
    }
}
