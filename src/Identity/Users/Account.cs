using System.Collections.Immutable;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Users;

/// <summary>A secret for an authenticator app.</summary>
/// <param name="Secret">To be typed into the app.</param>
/// <param name="Address">The same as an <c>otpauth:</c> address, for a link or a picture.</param>
public sealed record AppSecret(string Secret, string Address)
{
    /// <summary>Without the secret: a line of a log is no place for it.</summary>
    public override string ToString() => "AppSecret";
}

/// <summary>What people see to themselves: password, second factor. Everything here is about who acts.</summary>
public sealed class Account
{
    private readonly PersonStore store;
    private readonly Passwords passwords;
    private readonly SecondFactor factor;
    private readonly Sessions sessions;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;

    internal Account(
        PersonStore store,
        Passwords passwords,
        SecondFactor factor,
        Sessions sessions,
        IAccess access,
        RightsNews news,
        PeopleOptions options,
        TimeProvider clock
    )
    {
        (this.store, this.passwords, this.factor, this.sessions) = (store, passwords, factor, sessions);
        (this.access, this.news, this.options, this.clock) = (access, news, options, clock);
    }

    /// <summary>Oneself.</summary>
    /// <exception cref="AccessDeniedException">No person acts.</exception>
    public async Task<PersonView> FindAsync(CancellationToken ct) => (await SelfAsync(ct)).View(clock.GetUtcNow());

    /// <summary>Chooses a new password. All other sessions end.</summary>
    /// <param name="old">The password so far.</param>
    /// <param name="wanted">The new one.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">No person acts.</exception>
    /// <exception cref="IdentityRefusedException">The old one is wrong, or the new one is too weak or the same.</exception>
    public async Task ChangePasswordAsync(string old, string wanted, CancellationToken ct)
    {
        var person = await SelfAsync(ct);
        await ActAsync(
            "account.change-password",
            person,
            async () =>
            {
                await DemandPasswordAsync(person, old, ct);
                await store.UnlockAsync(person.Id, ct);

                if (passwords.Weakness(wanted, person.Name) is { } weak)
                    throw weak;

                if (string.Equals(old, wanted, StringComparison.Ordinal))
                    throw IdentityRefusedException.Invalid("password.same", "This is the password that you have already. Choose another.");

                await store.SetPasswordAsync(
                    person.Id,
                    await passwords.HashAsync(wanted, ct),
                    mustChange: false,
                    clock.GetUtcNow(),
                    null,
                    ct
                );
                await sessions.EndOthersAsync(person.Id, sessions.OwnId, person.Name, ct);
                return true;
            },
            ct
        );
    }

    /// <summary>Begins to set up an authenticator app. Nothing is asked for until its first code has come back.</summary>
    /// <param name="password">One's password: an unlocked screen is not enough.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">No person acts.</exception>
    /// <exception cref="IdentityRefusedException">The password is wrong, or there is a second factor already.</exception>
    public async Task<AppSecret> BeginSecondFactorAsync(string password, CancellationToken ct)
    {
        var person = await SelfAsync(ct);

        if (person.TotpSince is not null)
            throw IdentityRefusedException.Conflict("factor.there", "There is a second factor already. Take it away first.");

        return await ActAsync(
            "account.second-factor-begin",
            person,
            async () =>
            {
                await DemandPasswordAsync(person, password, ct);
                await store.UnlockAsync(person.Id, ct);
                var secret = await factor.BeginAsync(person, ct);
                return new AppSecret(
                    secret,
                    $"otpauth://totp/ServiceLoop:{Uri.EscapeDataString(person.Name)}?secret={secret}&issuer=ServiceLoop"
                );
            },
            ct
        );
    }

    /// <summary>Confirms the app with its first code. From now on sign-in asks for one.</summary>
    /// <returns>Ten recovery codes; they are in the answer and nowhere else.</returns>
    /// <exception cref="AccessDeniedException">No person acts.</exception>
    /// <exception cref="IdentityRefusedException">The code is wrong, or nothing was begun.</exception>
    public async Task<ImmutableArray<string>> ConfirmSecondFactorAsync(string code, CancellationToken ct)
    {
        var person = await SelfAsync(ct);

        if (person.TotpSince is not null || person.TotpSecret is null)
            throw IdentityRefusedException.Conflict("factor.not-begun", "Begin with a new secret for the app first.");

        return await ActAsync(
            "account.second-factor-on",
            person,
            async () => await factor.ConfirmAsync(person, code, ct) ?? throw WrongCode(),
            ct
        );
    }

    /// <summary>Takes the second factor away.</summary>
    /// <param name="password">One's password.</param>
    /// <param name="code">A code of the app, or a recovery code.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">No person acts.</exception>
    /// <exception cref="IdentityRefusedException">Password or code is wrong.</exception>
    public async Task EndSecondFactorAsync(string password, string code, CancellationToken ct)
    {
        var person = await SelfAsync(ct);
        await ActAsync(
            "account.second-factor-off",
            person,
            async () =>
            {
                await DemandPasswordAsync(person, password, ct);

                if (await factor.UseAsync(person, code, ct) is null)
                    throw WrongCode();

                await store.UnlockAsync(person.Id, ct);
                await factor.RemoveAsync(person.Id, null, ct);
                return true;
            },
            ct
        );
    }

    private static IdentityRefusedException WrongCode() =>
        IdentityRefusedException.Invalid("factor.code", "The code is wrong, or it was used already. Wait for the next one of the app.");

    // Whoever has found an open session must not be able to guess at leisure either. The attempt stays counted until all that was asked for was right.
    private async Task DemandPasswordAsync(Person person, string password, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (
            await store.AttemptAsync(person.Id, now, options.LockAfter, now + options.LockFor, ct) is null
            || !(await passwords.CheckAsync(person, password, ct)).IsRight
        )
            throw IdentityRefusedException.Invalid(
                "password.wrong",
                "The password is wrong. After a few wrong ones in a row none is taken for some minutes."
            );
    }

    private async Task<Person> SelfAsync(CancellationToken ct)
    {
        access.Demand(PersonActors.OwnAccount);
        return Guid.TryParse(access.Actor.Id, out var id) && await store.FindAsync(id, ct) is { } person
            ? person
            : throw IdentityRefusedException.Unknown("person.unknown", "You were removed meanwhile.");
    }

    private async Task<T> ActAsync<T>(string action, Person person, Func<Task<T>> change, CancellationToken ct) =>
        await access.ActAsync(
            new Deed(PersonActors.OwnAccount, action, person.Id.ToString()) { Wanted = Facts.Of(("person", person.Name)) },
            async () =>
            {
                var result = await change();
                await news.TellAsync(new(RightsKind.Person, person.Id.ToString()), ct);
                return result;
            },
            null,
            ct
        );
}
