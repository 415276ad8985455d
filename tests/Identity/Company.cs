using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests;

/// <summary>The services of one node on the class's database, with a clock that the test moves and a trail that it reads.</summary>
internal sealed class Company : IAsyncDisposable
{
    private readonly ServiceProvider services;

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
        added.AddDataProtection();
        added.AddServiceLoopIdentity((options ?? new()).Validated());
        var company = new Company(added.BuildServiceProvider()) { Clock = clock };
        var listener = company.services.GetRequiredService<NotifyListener>();
        await ((IHostedService)listener).StartAsync(ct);
        await listener.Listening.WaitAsync(TimeSpan.FromSeconds(30), ct);
        return company;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Lets somebody with some permissions act in this test.</summary>
    public IDisposable As(string name, params string[] permissions) =>
        Get<Acting>().As(new Actor(ActorKind.Person, name, name) { Permissions = permissions.ToFrozenSet() });

    /// <summary>Lets an administrator act.</summary>
    public IDisposable AsAdmin() => As("ada", [.. BuiltInRoles.Find(BuiltInRoles.Admin)!]);

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

    public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct)
    {
        notes.Enqueue(note);
        return ValueTask.FromResult((long)notes.Count);
    }

    public void Post(AuditNote note) => notes.Enqueue(note);
}
