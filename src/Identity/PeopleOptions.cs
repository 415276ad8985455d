using System.Text;
using ServiceLoop.Identity.Elsewhere;

namespace ServiceLoop.Identity;

/// <summary>Settings of people and their sign-in (section <c>People</c>).</summary>
public sealed record PeopleOptions
{
    /// <summary>A session without use ends after this time. 1 min to 30 days. Default: 8 h.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(8);

    /// <summary>A session ends after this time, used or not. Not shorter than <see cref="SessionIdle"/>, 90 days at most. Default: 24 h.</summary>
    public TimeSpan SessionLongest { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Shortest password. 8 to 128. Default: 12.</summary>
    public int PasswordLength { get; init; } = 12;

    /// <summary>Wrong passwords in a row after which a name is locked. 3 to 100. Default: 5.</summary>
    public int LockAfter { get; init; } = 5;

    /// <summary>For how long. 1 s to 1 day. Default: 15 min.</summary>
    public TimeSpan LockFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an access token is good. 1 min to 1 day. Default: 1 h.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a refresh token is good. Not shorter than <see cref="TokenLife"/>, 30 days at most. Default: 2 h.</summary>
    public TimeSpan RefreshLife { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Wrong keys and tokens from one address in a minute, on one node; more are not looked at. 10 to 100 000. Default: 100.</summary>
    public int WrongKeysPerMinute { get; init; } = 100;

    /// <summary>Calls with one API key in a minute, on one node. 10 to 10 000 000. Default: 12 000.</summary>
    public int CallsPerKeyPerMinute { get; init; } = 12_000;

    /// <summary>Calls of public doors from one address in a minute by those who have not said who they are, on one node. 10 to 10 000 000. Default: 600.</summary>
    public int CallsOfStrangersPerMinute { get; init; } = 600;

    /// <summary>A key with all permissions, given by the deployment and kept in memory only; 32 characters or more. Null: none.</summary>
    public string? BootstrapKey { get; init; }

    /// <summary>A file that holds <see cref="BootstrapKey"/>. Null: none.</summary>
    public string? BootstrapKeyFile { get; init; }

    /// <summary>Where people sign in by OpenID Connect. Null: with a password here only.</summary>
    public AuthorityOptions? OpenIdConnect { get; init; }

    /// <summary>The first administrator.</summary>
    public FirstAdminOptions Admin { get; init; } = new();

    /// <summary>Checks the values and reads the files.</summary>
    /// <exception cref="IdentityRefusedException">A value cannot be used; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public PeopleOptions Validated()
    {
        Require(nameof(SessionIdle), SessionIdle, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        Require(nameof(SessionLongest), SessionLongest, SessionIdle, TimeSpan.FromDays(90));
        Require(nameof(PasswordLength), PasswordLength, 8, 128);
        Require(nameof(LockAfter), LockAfter, 3, 100);
        Require(nameof(LockFor), LockFor, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Require(nameof(TokenLife), TokenLife, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        Require(nameof(RefreshLife), RefreshLife, TokenLife, TimeSpan.FromDays(30));

        Require(nameof(WrongKeysPerMinute), WrongKeysPerMinute, 10, 100_000);
        Require(nameof(CallsPerKeyPerMinute), CallsPerKeyPerMinute, 10, 10_000_000);
        Require(nameof(CallsOfStrangersPerMinute), CallsOfStrangersPerMinute, 10, 10_000_000);

        var key = Secret(nameof(BootstrapKey), BootstrapKey, BootstrapKeyFile);

        if (key is { Length: < LeastKey })
            throw IdentityRefusedException.Invalid(
                "people.setting",
                $"People:BootstrapKey must have {LeastKey} characters or more; it has {key.Length}."
            );

        return this with
        {
            BootstrapKey = key,
            OpenIdConnect = OpenIdConnect?.Validated(),
            Admin = Admin with { Password = Secret("Admin:Password", Admin.Password, Admin.PasswordFile) },
        };
    }

    // The compiler's own text would hold the secrets.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("SessionIdle = ").Append(SessionIdle);
        return true;
    }

    private const int LeastKey = 32;

    /// <summary>A secret that was given as it is or as a file; white space around it does not count.</summary>
    internal static string? Secret(string name, string? value, string? file)
    {
        if (value is not null && file is not null)
            throw IdentityRefusedException.Invalid(
                "people.setting",
                $"People:{name} and People:{name}File are both given. Leave one away."
            );

        var found = (file is null ? value : File.ReadAllText(file))?.Trim();
        return found is { Length: 0 } ? null : found;
    }

    private static void Require<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw IdentityRefusedException.Invalid("people.setting", $"People:{name} must lie between {least} and {most}; it is {value}.");
    }
}

/// <summary>The administrator that is made when there is nobody yet.</summary>
public sealed record FirstAdminOptions
{
    /// <summary>How the administrator signs in. Default: <c>admin</c>.</summary>
    public string Name { get; init; } = "admin";

    /// <summary>The first password; it must be changed at the first sign-in. Null: a random one is printed once.</summary>
    public string? Password { get; init; }

    /// <summary>A file that holds <see cref="Password"/>. Null: none.</summary>
    public string? PasswordFile { get; init; }

    // The compiler's own text would hold the password.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Name = ").Append(Name);
        return true;
    }
}
