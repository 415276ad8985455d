using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Users;

/// <summary>What may be said of a person.</summary>
internal static partial class PersonRules
{
    private const int MaxText = 100;
    private const int MaxAddress = 254;
    private const int MaxGroup = 50;
    private const int MaxGroups = 50;

    public static void CheckName(string? name)
    {
        if (name is null || !NamePattern().IsMatch(name.Trim()))
            throw IdentityRefusedException.Invalid(
                "person.name",
                $"'{name}' cannot be the name of a person. Use 2 to 64 letters, digits and . _ - @ + , beginning with a letter or digit."
            );
    }

    public static IdentityRefusedException NameTaken(string name) =>
        IdentityRefusedException.Conflict("person.name-taken", $"Somebody has the name '{name.Trim()}' already. Choose another.");

    /// <summary>Whether a text can be an e-mail address.</summary>
    public static bool IsAddress(string? text) => text is { Length: <= MaxAddress } && AddressPattern().IsMatch(text);

    /// <summary>The request without white space and repetition.</summary>
    public static PersonRequest Checked(PersonRequest request, string? name)
    {
        var display = Text(request.DisplayName, MaxText, "person.display-name", "display name") ?? name?.Trim() ?? "";
        var email = Text(request.Email, MaxAddress, "person.email", "e-mail address");
        var zone = Text(request.TimeZone, MaxText, "person.time-zone", "time zone");
        var language = Text(request.Language, MaxText, "person.language", "language");

        if (email is not null && !IsAddress(email))
            throw IdentityRefusedException.Invalid("person.email", $"'{email}' is no e-mail address. Write one such as ann@example.org.");

        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            throw IdentityRefusedException.Invalid("person.time-zone", $"There is no time zone '{zone}'. Write one such as Asia/Shanghai.");

        if (language is not null && !Languages.All.Contains(language, StringComparer.Ordinal))
            throw IdentityRefusedException.Invalid(
                "person.language",
                $"There is no language '{language}'. There are: {string.Join(", ", Languages.All)}."
            );

        return new PersonRequest
        {
            DisplayName = display,
            Email = email,
            Language = language,
            TimeZone = zone,
            Roles = Names(request.Roles, "person.roles", "role"),
            Teams = Names(request.Teams, "person.teams", "team"),
            Regions = Names(request.Regions, "person.regions", "region"),
        };
    }

    public static Person Of(Guid id, string name, PersonRequest request, DateTimeOffset now) =>
        Applied(
            new Person
            {
                Id = id,
                Name = name.Trim(),
                DisplayName = "",
                CreatedAt = now,
                ChangedAt = now,
            },
            request
        );

    public static Person Applied(Person person, PersonRequest request) =>
        person with
        {
            DisplayName = request.DisplayName!,
            Email = request.Email,
            Language = request.Language,
            TimeZone = request.TimeZone,
            Roles = request.Roles,
            Teams = request.Teams,
            Regions = request.Regions,
        };

    public static ImmutableSortedDictionary<string, string?> Told(PersonRequest request) =>
        Facts.Of(
            ("displayName", request.DisplayName),
            ("email", request.Email),
            ("language", request.Language),
            ("timeZone", request.TimeZone),
            ("roles", string.Join(' ', request.Roles)),
            ("teams", string.Join(", ", request.Teams)),
            ("regions", string.Join(", ", request.Regions))
        );

    public static ImmutableSortedDictionary<string, string?> Told(Person person) =>
        Told(
            new PersonRequest
            {
                DisplayName = person.DisplayName,
                Email = person.Email,
                Language = person.Language,
                TimeZone = person.TimeZone,
                Roles = person.Roles,
                Teams = person.Teams,
                Regions = person.Regions,
            }
        );

    private static string? Text(string? text, int longest, string code, string what)
    {
        var plain = text?.Trim();
        return plain is null or { Length: 0 } ? null
            : plain.Length > longest || plain.Any(char.IsControl)
                ? throw IdentityRefusedException.Invalid(code, $"The {what} has {longest} characters at most, in one line.")
            : plain;
    }

    private static ImmutableArray<string> Names(ImmutableArray<string> names, string code, string what)
    {
        var plain = (names.IsDefault ? [] : names).Select(n => n?.Trim() ?? "").Distinct(StringComparer.Ordinal).ToImmutableArray();
        return plain.Length <= MaxGroups && plain.All(n => n.Length is > 0 and <= MaxGroup && !n.Any(char.IsControl))
            ? plain
            : throw IdentityRefusedException.Invalid(
                code,
                $"A {what} is named in 1 to {MaxGroup} characters, and a person has {MaxGroups} of them at most."
            );
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}][\p{L}\p{Nd}._@+-]{1,63}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[^@\s<>""]+@[^@\s<>""]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AddressPattern();
}
