using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;
using ServiceLoop.Identity.Elsewhere;

namespace ServiceLoop.Workflows.Auth.OpenIdConnect;

/// <summary>What the claims of an authority say, from its token and from its answer about the user.</summary>
internal static class AuthorityClaims
{
    /// <summary>The claim that names the authority itself.</summary>
    public const string Issuer = "iss";

    private const string Subject = "sub";
    private const string UserName = "preferred_username";
    private const string DisplayName = "name";
    private const string Email = "email";
    private const string Locale = "locale";
    private const string Zone = "zoneinfo";

    /// <summary>Takes what is wanted from the answer about the user too.</summary>
    public static void AddTo(ClaimActionCollection actions, string roleClaim)
    {
        foreach (var claim in (string[])[UserName, DisplayName, Email, Locale, Zone])
            actions.MapUniqueJsonKey(claim, claim);

        actions.MapJsonKey(roleClaim, roleClaim);

        if (Parts(roleClaim) is [var first, _, ..])
            actions.MapCustomJson(first, user => user.TryGetProperty(first, out var value) ? value.GetRawText() : null);
    }

    /// <summary>Who it is.</summary>
    /// <exception cref="AuthenticationFailureException">The token names nobody.</exception>
    public static AuthorityProof Read(ClaimsPrincipal? principal, string roleClaim) =>
        Find(principal, Issuer) is { } issuer && Find(principal, Subject) is { } subject
            ? new AuthorityProof(issuer, subject)
            {
                Name = Find(principal, UserName),
                DisplayName = Find(principal, DisplayName),
                Email = Find(principal, Email),
                Language = Find(principal, Locale),
                TimeZone = Find(principal, Zone),
                Roles = RolesOf(principal!, roleClaim),
            }
            : throw new AuthenticationFailureException("The token of the authority has no issuer or no subject.");

    private static string? Find(ClaimsPrincipal? principal, string claim) =>
        principal?.FindFirst(claim)?.Value is { Length: > 0 } value ? value : null;

    private static ImmutableArray<string> RolesOf(ClaimsPrincipal principal, string roleClaim)
    {
        var plain = principal.FindAll(roleClaim).Select(c => c.Value);
        var nested =
            Parts(roleClaim) is [var first, .. var rest] && rest.Length > 0
                ? principal.FindAll(first).SelectMany(c => Within(c.Value, rest))
                : [];
        return [.. plain.Concat(nested).Distinct(StringComparer.Ordinal)];
    }

    private static string[] Parts(string roleClaim) => roleClaim.Split('.');

    private static IEnumerable<string> Within(string json, string[] path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var place = document.RootElement;

            foreach (var part in path)
                if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty(part, out place))
                    return [];

            return place.ValueKind switch
            {
                JsonValueKind.String => [place.GetString()!],
                JsonValueKind.Array =>
                [
                    .. place.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!),
                ],
                _ => [],
            };
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
