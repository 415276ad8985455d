using System.Collections.Immutable;

namespace ServiceLoop.Identity.Users;

/// <summary>A row of the table <c>person</c>. Holds a hash: it stays inside this assembly.</summary>
internal sealed record Person
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public string? Email { get; init; }

    public string? Language { get; init; }

    public string? TimeZone { get; init; }

    public string? PasswordHash { get; init; }

    public bool MustChangePassword { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public string? TotpSecret { get; init; }

    public DateTimeOffset? TotpSince { get; init; }

    public int RecoveryCodes { get; init; }

    public bool IsDisabled { get; init; }

    public ImmutableArray<string> Roles { get; init; } = [];

    public ImmutableArray<string> Teams { get; init; } = [];

    public ImmutableArray<string> Regions { get; init; } = [];

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public long Version { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public PersonView View(DateTimeOffset now) =>
        new()
        {
            Id = Id,
            Name = Name,
            DisplayName = DisplayName,
            Email = Email,
            Language = Language,
            TimeZone = TimeZone,
            Roles = Roles,
            Teams = Teams,
            Regions = Regions,
            IsDisabled = IsDisabled,
            LockedUntil = LockedUntil > now ? LockedUntil : null,
            HasPassword = PasswordHash is not null,
            MustChangePassword = MustChangePassword,
            HasSecondFactor = TotpSince is not null,
            RecoveryCodes = RecoveryCodes,
            SignsInAt = Issuer,
            Version = Version,
            CreatedAt = CreatedAt,
            ChangedAt = ChangedAt,
            SeenAt = SeenAt,
        };

    // The compiler's own text would hold the hash.
    public override string ToString() => $"Person {Id}";
}
