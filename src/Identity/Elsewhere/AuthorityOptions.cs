using System.Collections.Immutable;
using System.Text;

namespace ServiceLoop.Identity.Elsewhere;

/// <summary>An authority where people sign in by OpenID Connect (section <c>People:OpenIdConnect</c>).</summary>
public sealed record AuthorityOptions
{
    private const int LongestName = 60;

    /// <summary>Address of the authority, to which <c>/.well-known/openid-configuration</c> is added; https, or http on this machine.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Under what id the authority knows this server.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The secret that goes with it. Null: none, and PKCE alone protects the code.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>How the sign-in page calls the authority. Null: by its host.</summary>
    public string? Name { get; init; }

    /// <summary>What is asked for, by spaces. Default: <c>openid profile email</c>.</summary>
    public string Scope { get; init; } = "openid profile email";

    /// <summary>The claim that holds a person's roles at the authority; dots go into objects: <c>realm_access.roles</c>. Default: <c>roles</c>.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>From a role at the authority, as it is spelt there, to roles here, by commas.</summary>
    public IReadOnlyDictionary<string, string> RoleMap { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether somebody whom nobody knows yet becomes a person at the first sign-in. Default: true.</summary>
    public bool CreatePeople { get; init; } = true;

    /// <summary>How pages call the authority.</summary>
    public string Title => string.IsNullOrWhiteSpace(Name) ? new Uri(Authority).Host : Name.Trim();

    /// <summary>Checks the values.</summary>
    /// <exception cref="IdentityRefusedException">A value cannot be used; the message names it.</exception>
    public AuthorityOptions Validated()
    {
        if (
            !Uri.TryCreate(Authority.Trim(), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            || address.Query.Length + address.Fragment.Length + address.UserInfo.Length > 0
        )
            throw Wrong(
                nameof(Authority),
                $"must be the https address of the authority, such as https://login.example.org; it is '{Authority}'"
            );

        if (string.IsNullOrWhiteSpace(ClientId))
            throw Wrong(nameof(ClientId), "is missing. It is the id under which the authority knows this server");

        if (string.IsNullOrWhiteSpace(RoleClaim))
            throw Wrong(nameof(RoleClaim), "is empty. It names the claim with a person's roles, such as roles or groups");

        if (!Scope.Split(' ').Contains("openid", StringComparer.Ordinal))
            throw Wrong(nameof(Scope), $"must hold 'openid'; it is '{Scope}'");

        if (Name is { } name && (name.Trim().Length > LongestName || name.Any(char.IsControl)))
            throw Wrong(nameof(Name), $"has {LongestName} characters at most, in one line");

        if (RoleMap.Count == 0)
            throw Wrong(nameof(RoleMap), "is empty, so nobody could come in. Map a role of the authority: RoleMap:helpdesk = agent");

        if (RoleMap.FirstOrDefault(m => RolesOf(m.Value).IsEmpty) is { Key: { } odd })
            throw Wrong($"{nameof(RoleMap)}:{odd}", "names no role");

        return this with
        {
            Authority = Authority.Trim(),
            ClientId = ClientId.Trim(),
            ClientSecret = string.IsNullOrWhiteSpace(ClientSecret) ? null : ClientSecret.Trim(),
        };
    }

    /// <summary>Roles here for roles at the authority, without repetition, in order.</summary>
    public ImmutableArray<string> Map(IEnumerable<string> theirs) =>
        [
            .. theirs
                .SelectMany(role => RoleMap.TryGetValue(role, out var ours) ? RolesOf(ours) : [])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    // The compiler's own text would hold the secret.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Authority = ").Append(Authority);
        return true;
    }

    private static ImmutableArray<string> RolesOf(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static IdentityRefusedException Wrong(string name, string what) =>
        IdentityRefusedException.Invalid("people.setting", $"People:OpenIdConnect:{name} {what}.");
}
