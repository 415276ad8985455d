using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Entrance;

/// <summary>How an attempt to sign in ended.</summary>
public abstract record SignInResult
{
    private SignInResult() { }

    /// <summary>No. It is not told whether the name, the password or the code is wrong, or the name is locked or disabled.</summary>
    public sealed record Refused : SignInResult;

    /// <summary>Too many attempts; nothing was looked at.</summary>
    /// <param name="RetryAfter">When another may be made.</param>
    public sealed record TooMany(TimeSpan RetryAfter) : SignInResult;

    /// <summary>The password is right; a code is wanted too.</summary>
    /// <param name="Ticket">Comes back with the code, within five minutes.</param>
    public sealed record NeedsCode(string Ticket) : SignInResult;

    /// <summary>Who has proven who they are elsewhere is told why that is not enough.</summary>
    /// <param name="Problem">Why not.</param>
    public sealed record NotAdmitted(Elsewhere.ElsewhereProblem Problem) : SignInResult;

    /// <summary>Yes.</summary>
    /// <param name="PersonId">Who.</param>
    /// <param name="SessionText">For the cookie (<see cref="SessionCookie"/>).</param>
    /// <param name="MustChangePassword">True: a new password must be chosen before anything else.</param>
    public sealed record Done(Guid PersonId, string SessionText, bool MustChangePassword) : SignInResult
    {
        /// <summary>The person's language; null: as the browser.</summary>
        public string? Language { get; init; }

        /// <summary>Without the text of the session: a line of a log is no place for it.</summary>
        public override string ToString() => $"Done {PersonId}";
    }
}

/// <summary>Lets people in: password, then a code where one is asked for, then a session.</summary>
public sealed class SignIn
{
    private const string NoName = "";

    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(5);

    private readonly PersonStore store;
    private readonly Passwords passwords;
    private readonly SecondFactor factor;
    private readonly Sessions sessions;
    private readonly Attempts attempts;
    private readonly Acting acting;
    private readonly IAccess access;
    private readonly IAuditTrail trail;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;
    private readonly IDataProtector tickets;

    internal SignIn(
        PersonStore store,
        Passwords passwords,
        SecondFactor factor,
        Sessions sessions,
        Attempts attempts,
        Acting acting,
        IAccess access,
        IAuditTrail trail,
        PeopleOptions options,
        TimeProvider clock,
        IDataProtectionProvider protection
    )
    {
        (this.store, this.passwords, this.factor, this.sessions, this.attempts) = (store, passwords, factor, sessions, attempts);
        (this.acting, this.access, this.trail, this.options, this.clock) = (acting, access, trail, options, clock);
        tickets = protection.CreateProtector("ServiceLoop.SignIn.Ticket");
    }

    private sealed record Ticket(Guid Person, DateTimeOffset Until);

    /// <summary>The first step: name and password.</summary>
    public async Task<SignInResult> WithPasswordAsync(string name, string password, Caller caller, CancellationToken ct)
    {
        var (result, person) = await ProveAsync(name, password, caller, ct);
        return person is null ? result!
            : person.TotpSince is null ? await EnterAsync(person, "password", caller, ct)
            : new SignInResult.NeedsCode(tickets.Protect(JsonSerializer.Serialize(new Ticket(person.Id, clock.GetUtcNow() + TicketLife))));
    }

    /// <summary>The second step: a code of the app, or a recovery code.</summary>
    /// <param name="ticket">From the first step.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="caller">From where.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInResult> WithCodeAsync(string ticket, string code, Caller caller, CancellationToken ct)
    {
        if (ReadTicket(ticket) is not { } id || await store.FindAsync(id, ct) is not { IsDisabled: false } person)
            return new SignInResult.Refused();

        var (result, how) = await ProveCodeAsync(person, code, caller, ct);
        return how is null ? result! : await EnterAsync(person, $"password, {how}", caller, ct);
    }

    /// <summary>Looks at name and password, and at the code where one is asked for; opens no session.</summary>
    /// <returns>The person; or why not.</returns>
    internal async Task<(SignInResult? Refusal, Person? Person)> ProveAllAsync(
        string name,
        string password,
        string? code,
        Caller caller,
        CancellationToken ct
    )
    {
        var (refusal, person) = await ProveAsync(name, password, caller, ct);

        if (person?.TotpSince is null)
            return (refusal, person);

        if (string.IsNullOrEmpty(code))
        {
            TellRefusal(person, "code missing", caller);
            return (new SignInResult.NeedsCode(NoName), null);
        }

        var (wrong, how) = await ProveCodeAsync(person, code, caller, ct);
        return how is null ? (wrong, null) : (null, person);
    }

    /// <summary>Opens a session for somebody who was proven.</summary>
    internal async Task<SignInResult> EnterAsync(Person person, string how, Caller caller, CancellationToken ct)
    {
        // Nobody acts yet: it is the person's own deed.
        using var own = acting.As(await sessions.ActorAsync(person, null, caller, ct));
        var (_, text) = await access.ActAsync(
            new Deed(PersonActors.OwnAccount, "session.sign-in", person.Id.ToString()) { Wanted = Facts.Of(("by", how)) },
            async () =>
            {
                var opened = await sessions.OpenAsync(person, caller, ct);
                await store.ArriveAsync(person.Id, clock.GetUtcNow(), ct);
                return opened;
            },
            opened => Facts.Of(("session", opened.Id.ToString())),
            ct
        );
        return new SignInResult.Done(person.Id, text, person.MustChangePassword) { Language = person.Language };
    }

    private async Task<(SignInResult? Refusal, Person? Person)> ProveAsync(
        string name,
        string password,
        Caller caller,
        CancellationToken ct
    )
    {
        if (attempts.Refuse(name, caller.Address) is { } wait)
            return (new SignInResult.TooMany(wait), null);

        var person = await store.FindByNameAsync(name, ct);
        var (attempt, until) = person is null ? (null, default) : await CountAsync(person, ct);
        var (isRight, isOld) = await passwords.CheckAsync(person, password, ct);

        if (person is not null && attempt is not null && isRight && !person.IsDisabled)
        {
            await store.TakeBackAsync(person.Id, attempt.Value, options.LockAfter, until, ct);

            if (isOld)
                await store.RehashAsync(person.Id, await passwords.HashAsync(password, ct), person.PasswordHash!, ct);

            return (null, person);
        }

        var reason =
            person is null ? "unknown name"
            : person.IsDisabled ? "disabled"
            : attempt is null ? "locked"
            : "wrong password";
        Tell(person, reason, attempt == true, caller);
        return (new SignInResult.Refused(), null);
    }

    private async Task<(SignInResult? Refusal, string? How)> ProveCodeAsync(Person person, string code, Caller caller, CancellationToken ct)
    {
        if (attempts.Refuse(person.Name, caller.Address) is { } wait)
            return (new SignInResult.TooMany(wait), null);

        var (attempt, until) = await CountAsync(person, ct);

        if (attempt is not null && await factor.UseAsync(person, code, ct) is { } how)
        {
            await store.TakeBackAsync(person.Id, attempt.Value, options.LockAfter, until, ct);
            return (null, how);
        }

        Tell(person, attempt is null ? "locked" : "wrong code", attempt == true, caller);
        return (new SignInResult.Refused(), null);
    }

    // Counted before it is looked at; one that was right is taken back, so that those before it still count until there is a session.
    private async Task<(bool? Attempt, DateTimeOffset Until)> CountAsync(Person person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + options.LockFor;
        return (await store.AttemptAsync(person.Id, now, options.LockAfter, until, ct), until);
    }

    private void Tell(Person? person, string reason, bool locks, Caller caller)
    {
        attempts.Failed(caller.Address);
        var note = TellRefusal(person, reason, caller);

        if (locks)
            trail.Post(
                new AuditNote(
                    note.Actor,
                    note.Deed with
                    {
                        Action = "person.lock",
                    },
                    DeedEnd.Done,
                    0,
                    Facts.Of(("until", (clock.GetUtcNow() + options.LockFor).ToString("u", CultureInfo.InvariantCulture))),
                    null
                )
            );
    }

    /// <summary>Tells the audit log that nobody came in. A name that nobody has is not written down: it may be a password in the wrong field.</summary>
    internal AuditNote TellRefusal(Person? person, string reason, Caller caller)
    {
        var note = new AuditNote(
            Actor.Nobody with
            {
                Address = caller.Address,
            },
            new Deed(PersonActors.OwnAccount, "session.sign-in", person?.Id.ToString() ?? NoName)
            {
                Wanted = Facts.Of(("person", person?.Name)),
            },
            DeedEnd.Failed,
            0,
            Facts.None,
            reason
        );
        trail.Post(note);
        return note;
    }

    private Guid? ReadTicket(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Ticket>(tickets.Unprotect(text)) is { } ticket && ticket.Until > clock.GetUtcNow()
                ? ticket.Person
                : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
