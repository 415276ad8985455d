using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests;

/// <summary>The services of one node on the class's database, with a clock that the test moves and a trail that it reads.</summary>
internal sealed class Company : IAsyncDisposable
{
    private readonly ServiceProvider services;

    // One ring for all nodes of this process.
    private static readonly DirectoryInfo Keys = Directory.CreateTempSubdirectory("serviceloop-test-ring-");

    private Company(ServiceProvider services) => this.services = services;

    public FakeTimeProvider Clock { get; private init; } = null!;

    public KeptTrail Trail => (KeptTrail)services.GetRequiredService<IAuditTrail>();

    /// <summary>A node. Two of them on one database tell each other what changes.</summary>
    public static async Task<Company> OpenAsync(
        PostgresFixture postgres,
        CancellationToken ct,
        PeopleOptions? options = null,
        FakeTimeProvider? clock = null
    )
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        var added = new ServiceCollection();
        added.AddLogging();
        added.AddSingleton<TimeProvider>(clock);
        added.AddSingleton(await postgres.OpenAsync(ct));
        added.AddSingleton<IAuditTrail, KeptTrail>();
        added.AddPostgresStore();
        added.AddDataProtection().SetApplicationName("tests").PersistKeysToFileSystem(Keys);
        added.AddServiceLoopIdentity((options ?? new()).Validated());
        var company = new Company(added.BuildServiceProvider()) { Clock = clock };
        var listener = company.services.GetRequiredService<NotifyListener>();
        await ((IHostedService)listener).StartAsync(ct);
        await listener.Listening.WaitAsync(TimeSpan.FromSeconds(180), ct);
        return company;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Lets somebody with some permissions act in this test.</summary>
    public IDisposable As(string name, params string[] permissions) =>
        Get<Acting>().As(new Actor(ActorKind.Person, name, name) { Permissions = permissions.ToFrozenSet() });

    /// <summary>Lets an administrator act.</summary>
    public IDisposable AsAdmin() => As("ada", [.. BuiltInRoles.Find(BuiltInRoles.Admin)!]);

    /// <summary>Makes a person who has chosen a password already.</summary>
    public async Task<PersonView> HireAsync(string name, string password, string role, string? team = null)
    {
        using var _ = AsAdmin();
        var request = new PersonRequest
        {
            Email = $"{name}@example.org",
            Roles = [role],
            Teams = team is null ? [] : [team],
        };
        var made = await Get<People>().CreateAsync(name, request, null, Ct);
        var person = await Get<PersonStore>().FindAsync(made.Person.Id, Ct);

        using (Get<Acting>().As(await Get<PersonActors>().OfAsync(person!, null, null, Ct)))
            await Get<Account>().ChangePasswordAsync(made.Password, password, Ct);

        return (await Get<People>().FindAsync(made.Person.Id, Ct))!;
    }

    /// <summary>Signs somebody in.</summary>
    /// <returns>Text of the session.</returns>
    public async Task<string> EnterAsync(string name, string password) =>
        ((SignInResult.Done)await Get<SignIn>().WithPasswordAsync(name, password, new Caller(null, null), Ct)).SessionText;

    /// <summary>Sets an app up for somebody.</summary>
    public async Task<(byte[] Secret, ImmutableArray<string> Recovery)> AddSecondFactorAsync(string name, string password)
    {
        var person = (await Get<PersonStore>().FindByNameAsync(name, Ct))!;
        using var _ = Get<Acting>().As(await Get<PersonActors>().OfAsync(person, null, null, Ct));
        await Get<Account>().BeginSecondFactorAsync(password, Ct);
        var kept = (await Get<PersonStore>().FindByNameAsync(name, Ct))!.TotpSecret!;
        var secret = Convert.FromBase64String(Get<IDataProtectionProvider>().CreateProtector("ServiceLoop.SecondFactor").Unprotect(kept));
        return (secret, await Get<Account>().ConfirmSecondFactorAsync(TimedCode.At(secret, Clock.GetUtcNow()), Ct));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await ((IHostedService)services.GetRequiredService<NotifyListener>()).StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}

/// <summary>A trail that can be read.</summary>
internal sealed class KeptTrail : IAuditTrail
{
    private readonly ConcurrentQueue<AuditNote> notes = new();

    public IReadOnlyList<AuditNote> Notes => [.. notes];

    /// <summary>What happens while a deed is written down, before it is done.</summary>
    public Func<AuditNote, Task>? Meanwhile { get; set; }

    public async ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct)
    {
        notes.Enqueue(note);

        if (Meanwhile is { } meanwhile)
            await meanwhile(note);

        return notes.Count;
    }

    public void Post(AuditNote note) => notes.Enqueue(note);
}
