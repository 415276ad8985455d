using System.Collections.Immutable;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Identity.Elsewhere;

/// <summary>What an authority tells of somebody, as a person here may be: what does not fit is left out or made to fit, for nobody here could mend it there.</summary>
internal static class AuthorityPerson
{
    private const int LongestName = 58;
    private const int LongestDisplayName = 100;
    private const string Punctuation = "._@+-";

    /// <summary>What somebody new is to be.</summary>
    public static PersonRequest New(AuthorityProof proof, ImmutableArray<string> roles, string name) =>
        PersonRules.Checked(
            new PersonRequest
            {
                DisplayName = DisplayName(proof.DisplayName) ?? name,
                Email = Email(proof.Email),
                Language = Language(proof.Language),
                TimeZone = proof.TimeZone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : null,
                Roles = roles,
            },
            name
        );

    /// <summary>A person with what the authority says now: name to show, e-mail address, roles. The rest is seen to here.</summary>
    public static Person Renewed(Person person, AuthorityProof proof, ImmutableArray<string> roles) =>
        person with
        {
            DisplayName = DisplayName(proof.DisplayName) ?? person.DisplayName,
            Email = Email(proof.Email) ?? person.Email,
            Roles = roles,
        };

    /// <summary>A name like the one at the authority.</summary>
    /// <param name="proof">Of whom.</param>
    /// <param name="number">1 for the name itself; more when it is taken.</param>
    public static string Name(AuthorityProof proof, int number)
    {
        var plain = string.Concat(
                (proof.Name ?? proof.Email ?? proof.Subject)
                    .Trim()
                    .Select(c => char.IsLetter(c) || char.IsDigit(c) || Punctuation.Contains(c, StringComparison.Ordinal) ? c : '-')
            )
            .TrimStart([.. Punctuation]);
        var fitting = plain.Length > LongestName ? plain[..LongestName] : plain;

        if (fitting.Length < 2)
            fitting = $"person-{fitting}".TrimEnd('-');

        return number == 1 ? fitting : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{fitting}-{number}");
    }

    private static string? DisplayName(string? text)
    {
        var plain = string.Concat((text ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return plain.Length == 0 ? null : plain[..Math.Min(plain.Length, LongestDisplayName)].Trim();
    }

    private static string? Email(string? text) =>
        text?.Trim() is { } plain && PersonRules.IsAddress(plain) && !plain.Any(c => char.IsControl(c) || char.IsSurrogate(c))
            ? plain
            : null;

    private static string? Language(string? tag) =>
        tag is null ? null
        : tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Languages.Chinese
        : tag.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? Languages.English
        : null;
}
