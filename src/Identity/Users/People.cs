using System.Collections.Frozen;
using System.Collections.Immutable;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Users;

/// <summary>People: who there is, what they may do, whether they may come in. Who is limited to teams sees and changes only people of these.</summary>
public sealed class People
{
    private const int MaxPage = 201;

    private readonly PersonStore store;
    private readonly Passwords passwords;
    private readonly SecondFactor factor;
    private readonly Roles roles;
    private readonly Sessions sessions;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly TimeProvider clock;

    internal People(
        PersonStore store,
        Passwords passwords,
        SecondFactor factor,
        Roles roles,
        Sessions sessions,
        IAccess access,
        RightsNews news,
        TimeProvider clock
    )
    {
        (this.store, this.passwords, this.factor, this.roles) = (store, passwords, factor, roles);
        (this.sessions, this.access, this.news, this.clock) = (sessions, access, news, clock);
    }

    /// <summary>A page of people, by name.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.UsersRead"/>.</exception>
    public async Task<IReadOnlyList<PersonView>> ListAsync(PeopleFilter filter, CancellationToken ct)
    {
        access.Demand(Permissions.UsersRead);
        var now = clock.GetUtcNow();
        var rows = await store.PageAsync(filter, Math.Clamp(filter.Take, 1, MaxPage), Scope.Of(access.Actor), now, ct);
        return [.. rows.Select(p => p.View(now))];
    }

    /// <summary>A person; null for none, and for one that the actor does not see.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.UsersRead"/>.</exception>
    public async Task<PersonView?> FindAsync(Guid id, CancellationToken ct)
    {
        access.Demand(Permissions.UsersRead);
        return await store.FindAsync(id, ct) is { } person && Scope.Of(access.Actor).Sees(person) ? person.View(clock.GetUtcNow()) : null;
    }

    /// <summary>Makes a person, with a password that must be changed at the first sign-in.</summary>
    /// <param name="name">With which they sign in: 2 to 64 letters, digits, <c>. _ - @ +</c>.</param>
    /// <param name="request">What they are to be.</param>
    /// <param name="password">The first password; null: a random one.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The person with the password; it is in the answer and nowhere else.</returns>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.UsersManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">A value is wrong, the name is taken, or the person would be mightier than the actor.</exception>
    public async Task<NewPassword> CreateAsync(string name, PersonRequest request, string? password, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.UsersManage, "person.create", ""), ct);
        var wanted = PersonRules.Checked(request, name);
        PersonRules.CheckName(name);
        var first = password ?? Passwords.Draw();

        if (passwords.Weakness(first, name) is { } weak)
            throw weak;

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);

        return await access.ActAsync(
            new Deed(Permissions.UsersManage, "person.create", id.ToString())
            {
                Wanted = PersonRules.Told(wanted).SetItem("name", name.Trim()),
            },
            async () =>
            {
                await DemandGrantableAsync(wanted, ct);
                var person = PersonRules.Of(id, name, wanted, now) with
                {
                    PasswordHash = await passwords.HashAsync(first, ct),
                    MustChangePassword = true,
                };

                return await store.InsertAsync(person, ct)
                    ? new NewPassword((await GetAsync(id, ct)).View(now), first)
                    : throw PersonRules.NameTaken(name);
            },
            null,
            ct
        );
    }

    /// <summary>Changes what is told of a person, with roles, teams and regions; it counts at once, on all nodes.</summary>
    /// <param name="id">Who.</param>
    /// <param name="request">What they are to be.</param>
    /// <param name="version">As it was seen.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.UsersManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">
    /// A value is wrong; there is no such person; somebody else was faster; the person is or would be mightier than the actor; no administrator would be left.
    /// </exception>
    public async Task<PersonView> ChangeAsync(Guid id, PersonRequest request, long version, CancellationToken ct)
    {
        var before = await SeenAsync("person.change", id, ct);
        var wanted = PersonRules.Checked(request, before.Name);
        var isRisky = IsAdmin(before) && !wanted.Roles.Contains(BuiltInRoles.Admin, StringComparer.Ordinal);

        return await ActAsync(
            before,
            new Deed(Permissions.UsersManage, "person.change", id.ToString())
            {
                Before = PersonRules.Told(before),
                Wanted = PersonRules.Told(wanted),
            },
            async () =>
            {
                await DemandGrantableAsync(wanted, ct);

                RequireUnchanged(
                    before,
                    await store.UpdateAsync(PersonRules.Applied(before, wanted) with { Version = version }, isRisky, clock.GetUtcNow(), ct)
                );
            },
            ct
        );
    }

    /// <summary>Locks a person out, with all sessions, or lets them in again.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/exception"/>
    public async Task<PersonView> DisableAsync(Guid id, bool isDisabled, CancellationToken ct)
    {
        var action = isDisabled ? "person.disable" : "person.enable";
        var before = await SeenAsync(action, id, ct);

        return await ActAsync(
            before,
            new Deed(Permissions.UsersManage, action, id.ToString()) { Before = Facts.Of(("name", before.Name)) },
            async () =>
            {
                RequireUnchanged(
                    before,
                    await store.DisableAsync(before, isDisabled, isDisabled && IsAdmin(before), clock.GetUtcNow(), ct)
                );

                if (isDisabled)
                    await sessions.EndOthersAsync(id, null, access.Actor.Name, ct);
            },
            ct
        );
    }

    /// <summary>Ends the lock for wrong passwords.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/exception"/>
    public async Task<PersonView> UnlockAsync(Guid id, CancellationToken ct)
    {
        var before = await SeenAsync("person.unlock", id, ct);
        return await ActAsync(
            before,
            new Deed(Permissions.UsersManage, "person.unlock", id.ToString()) { Before = Facts.Of(("name", before.Name)) },
            () => store.UnlockAsync(id, ct),
            ct
        );
    }

    /// <summary>Gives a person a random password that must be changed at the next sign-in; ends all their sessions.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/exception"/>
    public async Task<NewPassword> ResetPasswordAsync(Guid id, CancellationToken ct)
    {
        var before = await SeenAsync("person.reset-password", id, ct);

        // A password here would be a way past the authority and its second factor.
        if (before.Issuer is { } issuer)
            throw IdentityRefusedException.Conflict(
                "person.elsewhere",
                $"'{before.Name}' signs in at {issuer} and has no password here. It is changed there."
            );

        var password = Passwords.Draw();
        var view = await ActAsync(
            before,
            new Deed(Permissions.UsersManage, "person.reset-password", id.ToString()) { Before = Facts.Of(("name", before.Name)) },
            async () =>
            {
                var hash = await passwords.HashAsync(password, ct);
                RequireUnchanged(before, await store.SetPasswordAsync(id, hash, mustChange: true, clock.GetUtcNow(), before.Version, ct));
                await sessions.EndOthersAsync(id, null, access.Actor.Name, ct);
            },
            ct
        );
        return new NewPassword(view, password);
    }

    /// <summary>Takes the second factor of somebody who has lost it; ends all their sessions.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/exception"/>
    public async Task<PersonView> RemoveSecondFactorAsync(Guid id, CancellationToken ct)
    {
        var before = await SeenAsync("person.second-factor-off", id, ct);
        return await ActAsync(
            before,
            new Deed(Permissions.UsersManage, "person.second-factor-off", id.ToString()) { Before = Facts.Of(("name", before.Name)) },
            async () =>
            {
                RequireUnchanged(before, await factor.RemoveAsync(id, before.Version, ct));
                await sessions.EndOthersAsync(id, null, access.Actor.Name, ct);
            },
            ct
        );
    }

    /// <summary>Removes a person with all sessions. What they did stays in journals and in the audit log.</summary>
    /// <inheritdoc cref="ChangeAsync" path="/exception"/>
    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        var before = await SeenAsync("person.delete", id, ct);

        await access.ActAsync(
            new Deed(Permissions.UsersManage, "person.delete", id.ToString())
            {
                Before = PersonRules.Told(before).SetItem("name", before.Name),
            },
            async () =>
            {
                await DemandNotMightierAsync(before, ct);
                RequireUnchanged(before, await store.DeleteAsync(before, IsAdmin(before) && !before.IsDisabled, ct));
                await news.TellAsync(new(RightsKind.Person, id.ToString()), ct);
                return true;
            },
            null,
            ct
        );
    }

    private static bool IsAdmin(Person person) => person.Roles.Contains(BuiltInRoles.Admin, StringComparer.Ordinal);

    // Whoever was looked at before may have become mightier, or the last administrator: what was decided about them is decided anew.
    private static void RequireUnchanged(Person before, bool isChanged)
    {
        if (!isChanged)
            throw IdentityRefusedException.Conflict(
                "person.changed",
                $"'{before.Name}' was changed by somebody else meanwhile. Look at them again."
            );
    }

    private async Task<PersonView> ActAsync(Person before, Deed deed, Func<Task> change, CancellationToken ct) =>
        await access.ActAsync(
            deed,
            async () =>
            {
                await DemandNotMightierAsync(before, ct);
                await change();
                await news.TellAsync(new(RightsKind.Person, before.Id.ToString()), ct);
                return (await GetAsync(before.Id, ct)).View(clock.GetUtcNow());
            },
            view => Facts.Of(("version", view.Version.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            ct
        );

    private async Task<Person> SeenAsync(string action, Guid id, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.UsersManage, action, id.ToString()), ct);
        var person = await GetAsync(id, ct);
        return Scope.Of(access.Actor).Sees(person) ? person : throw Unknown(id);
    }

    private async Task<Person> GetAsync(Guid id, CancellationToken ct) => await store.FindAsync(id, ct) ?? throw Unknown(id);

    private static IdentityRefusedException Unknown(Guid id) =>
        IdentityRefusedException.Unknown("person.unknown", $"There is no person '{id}'. The ids stand in the list of people.");

    // Otherwise who may reset passwords could become the administrator.
    private async Task DemandNotMightierAsync(Person person, CancellationToken ct)
    {
        DemandOwn(await roles.AllowedAsync(person.Roles, ct), $"'{person.Name}' may do");
        DemandLimited(person.Roles);
    }

    private async Task DemandGrantableAsync(PersonRequest wanted, CancellationToken ct)
    {
        if (await roles.UnknownAsync(wanted.Roles, ct) is [var odd, ..])
            throw IdentityRefusedException.Invalid("person.role", $"There is no role '{odd}'. The names stand in the list of roles.");

        DemandOwn(await roles.AllowedAsync(wanted.Roles, ct), "The roles allow");
        DemandLimited(wanted.Roles);

        if (!Scope.Of(access.Actor).Holds(wanted))
            throw IdentityRefusedException.Forbidden(
                "person.scope",
                "You see to your own teams and regions only: give the person some of these and no others."
            );
    }

    // To see everybody is more than to see one's teams, also where the permissions are the same.
    private void DemandLimited(ImmutableArray<string> names)
    {
        if (Scope.Of(access.Actor).IsLimited && Scope.Unlimited(names) is { } role)
            throw IdentityRefusedException.Forbidden(
                "person.limits",
                $"The role '{role}' lifts the limits to teams and regions, which you have yourself. Somebody without them must do that."
            );
    }

    private void DemandOwn(FrozenSet<string> allowed, string who)
    {
        if (allowed.FirstOrDefault(p => !access.Actor.May(p)) is { } beyond)
            throw IdentityRefusedException.Forbidden(
                "person.too-much",
                $"{who} '{beyond}', which you have not got yourself. Nobody can give, take away or take over more than they have."
            );
    }
}
