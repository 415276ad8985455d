using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Elsewhere;

/// <summary>
/// Lets people in whom an authority has proven. They are known by issuer and subject alone: an account here that has the same name or e-mail address stays
/// somebody else's. Name to show, e-mail address and roles are what the authority says at each sign-in.
/// </summary>
public sealed class AuthoritySignIn
{
    private const int Tries = 4;
    private const int MostNumbers = 100;

    private readonly PersonStore store;
    private readonly Roles roles;
    private readonly SignIn signIn;
    private readonly Attempts attempts;
    private readonly Acting acting;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<AuthoritySignIn> logger;

    internal AuthoritySignIn(
        PersonStore store,
        Roles roles,
        SignIn signIn,
        Attempts attempts,
        Acting acting,
        IAccess access,
        RightsNews news,
        PeopleOptions options,
        TimeProvider clock,
        ILogger<AuthoritySignIn> logger
    )
    {
        (this.store, this.roles, this.signIn, this.attempts) = (store, roles, signIn, attempts);
        (this.acting, this.access, this.news) = (acting, access, news);
        (this.options, this.clock, this.logger) = (options, clock, logger);
    }

    /// <summary>How long an address must wait from which too much was refused; null: it need not.</summary>
    public TimeSpan? WaitOf(Caller caller) => attempts.WaitOf(caller.Address);

    /// <summary>Tells the audit log that what came from the authority was not right.</summary>
    /// <param name="reason">What was wrong: nothing that is secret.</param>
    /// <param name="caller">From where.</param>
    public void Refuse(string reason, Caller caller) => Refuse(null, $"OpenID Connect: {reason}", caller);

    /// <summary>Opens a session for somebody who was proven; whom nobody knows yet becomes a person.</summary>
    /// <returns><see cref="SignInResult.Done"/> or <see cref="SignInResult.NotAdmitted"/>.</returns>
    public async Task<SignInResult> EnterAsync(AuthorityProof proof, Caller caller, CancellationToken ct)
    {
        if (options.OpenIdConnect is not { } authority)
            throw new InvalidOperationException("There is no authority in the settings.");

        var mapped = await MapAsync(authority, proof, ct);

        for (var left = Tries; ; left--)
            try
            {
                return await EnterAsync(authority, proof, mapped, caller, ct);
            }
            // Two sign-ins at once, or somebody changed the person meanwhile.
            catch (IdentityRefusedException e) when (e.Kind == RefusalKind.Conflict && left > 1) { }
    }

    private async Task<SignInResult> EnterAsync(
        AuthorityOptions authority,
        AuthorityProof proof,
        ImmutableArray<string> mapped,
        Caller caller,
        CancellationToken ct
    )
    {
        var person = await store.FindBySubjectAsync(proof.Issuer, proof.Subject, ct);

        if (person is { IsDisabled: true })
            return Refuse(person, ElsewhereProblem.Disabled, "disabled", caller);

        if (person is null && mapped.IsEmpty)
            return Refuse(null, ElsewhereProblem.NoRole, $"OpenID Connect: no role of '{proof.Subject}' is mapped", caller);

        if (person is null && !authority.CreatePeople)
            return Refuse(null, ElsewhereProblem.Unknown, $"OpenID Connect: '{proof.Subject}' is unknown", caller);

        person = person is null ? await MakeAsync(proof, mapped, caller, ct) : await RenewAsync(person, proof, mapped, caller, ct);

        // Open sessions have lost the rights by now.
        return mapped.IsEmpty
            ? Refuse(person, ElsewhereProblem.NoRole, "OpenID Connect: no role is mapped", caller)
            : await signIn.EnterAsync(person, $"OpenID Connect, {proof.Issuer}", caller, ct);
    }

    private async Task<ImmutableArray<string>> MapAsync(AuthorityOptions authority, AuthorityProof proof, CancellationToken ct)
    {
        var mapped = authority.Map(proof.Roles);
        var unknown = await roles.UnknownAsync(mapped, ct);

        foreach (var role in unknown)
            Log.MappedToNoRole(logger, role);

        return [.. mapped.Except(unknown, StringComparer.Ordinal)];
    }

    private async Task<Person> MakeAsync(AuthorityProof proof, ImmutableArray<string> mapped, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var name = await FreeNameAsync(proof, ct);
        var wanted = AuthorityPerson.New(proof, mapped, name);
        var person = PersonRules.Of(Guid.CreateVersion7(now), name, wanted, now) with { Issuer = proof.Issuer, Subject = proof.Subject };

        using var product = acting.As(Actor.System with { Address = caller.Address });
        return await access.ActAsync(
            new Deed(Permissions.UsersManage, "person.create", person.Id.ToString())
            {
                Wanted = PersonRules.Told(wanted).SetItem("name", name).SetItem("issuer", proof.Issuer).SetItem("subject", proof.Subject),
            },
            async () =>
                await store.InsertAsync(person, ct) && await store.FindAsync(person.Id, ct) is { } made
                    ? made
                    : throw PersonRules.NameTaken(name),
            null,
            ct
        );
    }

    private async Task<Person> RenewAsync(
        Person before,
        AuthorityProof proof,
        ImmutableArray<string> mapped,
        Caller caller,
        CancellationToken ct
    )
    {
        var renewed = AuthorityPerson.Renewed(before, proof, mapped);

        if (
            renewed.DisplayName == before.DisplayName
            && renewed.Email == before.Email
            && renewed.Roles.SequenceEqual(before.Roles, StringComparer.Ordinal)
        )
            return before;

        using var product = acting.As(Actor.System with { Address = caller.Address });
        return await access.ActAsync(
            new Deed(Permissions.UsersManage, "person.change", before.Id.ToString())
            {
                Before = PersonRules.Told(before),
                Wanted = PersonRules.Told(renewed).SetItem("issuer", proof.Issuer),
            },
            async () =>
            {
                // The authority decides, also about the last administrator: who runs the server can let one in.
                var isDone = await store.UpdateAsync(renewed, isRisky: false, clock.GetUtcNow(), ct);
                await news.TellAsync(new(RightsKind.Person, before.Id.ToString()), ct);
                return isDone && await store.FindAsync(before.Id, ct) is { } now
                    ? now
                    : throw IdentityRefusedException.Conflict("person.changed", $"'{before.Name}' was changed by somebody else meanwhile.");
            },
            null,
            ct
        );
    }

    private async Task<string> FreeNameAsync(AuthorityProof proof, CancellationToken ct)
    {
        for (var number = 1; number <= MostNumbers; number++)
            if (AuthorityPerson.Name(proof, number) is var name && await store.FindByNameAsync(name, ct) is null)
                return name;

        throw IdentityRefusedException.Invalid(
            "person.name",
            $"There are {MostNumbers} people with the name '{AuthorityPerson.Name(proof, 1)}'."
        );
    }

    private SignInResult.NotAdmitted Refuse(Person? person, ElsewhereProblem problem, string reason, Caller caller)
    {
        Refuse(person, reason, caller);
        return new SignInResult.NotAdmitted(problem);
    }

    private void Refuse(Person? person, string reason, Caller caller)
    {
        attempts.Failed(caller.Address);
        signIn.TellRefusal(person, reason, caller);
    }
}
