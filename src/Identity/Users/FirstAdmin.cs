using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Users;

/// <summary>Makes the first administrator, when there is nobody yet.</summary>
public sealed class FirstAdmin
{
    private readonly PersonStore store;
    private readonly Passwords passwords;
    private readonly IAuditTrail trail;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<FirstAdmin> logger;

    internal FirstAdmin(
        PersonStore store,
        Passwords passwords,
        IAuditTrail trail,
        PeopleOptions options,
        TimeProvider clock,
        ILogger<FirstAdmin> logger
    ) =>
        (this.store, this.passwords, this.trail, this.options, this.clock, this.logger) = (store, passwords, trail, options, clock, logger);

    /// <summary>Looks once, at the start. Of nodes that start together one makes the administrator.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>Name and random password, to be shown once; null when there was somebody, or the settings gave the password.</returns>
    /// <exception cref="IdentityRefusedException">The name or the password in the settings cannot be used.</exception>
    public async Task<(string Name, string Password)?> EnsureAsync(CancellationToken ct)
    {
        if (await store.AnyAsync(ct))
            return null;

        var name = options.Admin.Name.Trim();
        PersonRules.CheckName(name);

        // A given one must be changed at the first sign-in: only its length counts.
        if (options.Admin.Password is { } given && given.Length < LeastLength)
            throw IdentityRefusedException.Invalid("people.setting", $"People:Admin:Password must have {LeastLength} characters or more.");

        var password = options.Admin.Password ?? Passwords.Draw();
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);

        if (!await store.InsertFirstAsync(id, name, await passwords.HashAsync(password, ct), now, ct))
            return null;

        Log.FirstAdminMade(logger, name);
        trail.Post(
            new AuditNote(
                Actor.System,
                new Deed(Permissions.UsersManage, "person.create", id.ToString()) { Wanted = Facts.Of(("name", name), ("roles", "admin")) },
                DeedEnd.Done,
                0,
                Facts.None,
                null
            )
        );
        return options.Admin.Password is null ? (name, password) : null;
    }

    private const int LeastLength = 8;
}
