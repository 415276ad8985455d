using System.Collections.Immutable;

namespace ServiceLoop.Identity.Users;

/// <summary>A person, as pages and programs see one; never a secret or a hash.</summary>
public sealed record PersonView
{
    /// <summary>Stable id.</summary>
    public required Guid Id { get; init; }

    /// <summary>With which they sign in; never changes.</summary>
    public required string Name { get; init; }

    /// <summary>How people call them.</summary>
    public required string DisplayName { get; init; }

    /// <summary>E-mail address; null when not known.</summary>
    public string? Email { get; init; }

    /// <summary><c>zh-CN</c> or <c>en</c>; null: as the browser.</summary>
    public string? Language { get; init; }

    /// <summary>IANA time zone; null: as the browser.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Names of the roles.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Teams they belong to.</summary>
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Regions they belong to.</summary>
    public ImmutableArray<string> Regions { get; init; } = [];

    /// <summary>True for somebody who may not sign in.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Until when wrong passwords have locked them, UTC; null: not locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>False for somebody who signs in elsewhere only.</summary>
    public bool HasPassword { get; init; }

    /// <summary>True when a new password must be chosen at the next sign-in.</summary>
    public bool MustChangePassword { get; init; }

    /// <summary>True when a code is asked for beside the password.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>How many recovery codes are left.</summary>
    public int RecoveryCodes { get; init; }

    /// <summary>Address of the authority where they sign in; null: here.</summary>
    public string? SignsInAt { get; init; }

    /// <summary>Goes back with a change, so that nobody overwrites what they have not seen.</summary>
    public long Version { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Last sign-in, UTC; null: never.</summary>
    public DateTimeOffset? SeenAt { get; init; }
}

/// <summary>What a person is to be.</summary>
public sealed record PersonRequest
{
    /// <summary>How people call them; 1 to 100 characters. Null or empty: as the name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>E-mail address; null for none.</summary>
    public string? Email { get; init; }

    /// <summary><c>zh-CN</c> or <c>en</c>; null: as the browser.</summary>
    public string? Language { get; init; }

    /// <summary>IANA time zone; null: as the browser.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Names of roles.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Names of teams, 1 to 50 characters each, 50 at most.</summary>
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Names of regions, likewise.</summary>
    public ImmutableArray<string> Regions { get; init; } = [];
}

/// <summary>Which people.</summary>
/// <param name="Text">A part of name, display name or e-mail; null: any.</param>
/// <param name="Role">A role they have; null: any.</param>
/// <param name="Team">A team they belong to; null: any.</param>
/// <param name="After">Name behind which the page begins; null: at the beginning.</param>
/// <param name="Take">Most rows, 1 to 201: whoever shows 200 sees whether there are more.</param>
/// <param name="State">How they stand; null: any.</param>
public sealed record PeopleFilter(
    string? Text = null,
    string? Role = null,
    string? Team = null,
    string? After = null,
    int Take = 50,
    PersonState? State = null
);

/// <summary>How a person stands.</summary>
public enum PersonState
{
    /// <summary>May sign in.</summary>
    Active,

    /// <summary>Kept out for some minutes after wrong passwords.</summary>
    Locked,

    /// <summary>May not sign in until somebody lets them.</summary>
    Disabled,
}

/// <summary>A person with a password that is shown this once.</summary>
/// <param name="Person">As pages see them.</param>
/// <param name="Password">To be changed at the next sign-in.</param>
public sealed record NewPassword(PersonView Person, string Password)
{
    /// <summary>Without the password: a line of a log is no place for it.</summary>
    public override string ToString() => $"NewPassword of {Person.Id}";
}
