using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using Npgsql;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Designer.Tests.Admin.People;

/// <summary>The services of people on a real database, lent to a page.</summary>
internal sealed class Staff : IAsyncDisposable
{
    // What everybody may do who has signed in; no role holds it.
    private const string OwnAccount = "account:own";

    private readonly ServiceProvider services;

    private Staff(ServiceProvider services, FakeTimeProvider clock)
    {
        (this.services, Clock) = (services, clock);
        Page = new Page(null, Lend);
    }

    /// <summary>Stands at noon until a test moves it.</summary>
    public FakeTimeProvider Clock { get; }

    /// <summary>The page that they are lent to.</summary>
    public Page Page { get; }

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public static async Task<Staff> OpenAsync(NpgsqlDataSource database)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
        var added = new ServiceCollection();
        added.AddLogging();
        added.AddSingleton<TimeProvider>(clock);
        added.AddSingleton(database);
        added.AddSingleton<IAuditTrail, Silence>();
        added.AddPostgresStore();
        added.AddServiceLoopIdentity(new PeopleOptions().Validated());
        var staff = new Staff(added.BuildServiceProvider(), clock);
        var listener = staff.Get<NotifyListener>();
        await ((IHostedService)listener).StartAsync(Ct);
        await listener.Listening.WaitAsync(TimeSpan.FromSeconds(180), Ct);
        return staff;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Lets somebody with some permissions act in this test.</summary>
    public IDisposable As(params string[] permissions) => As(Guid.CreateVersion7(), null, permissions);

    /// <summary>Lets an administrator act.</summary>
    public IDisposable AsAdmin() => As([.. BuiltInRoles.Find(BuiltInRoles.Admin)!]);

    /// <summary>Lets a person act who has a page of their own.</summary>
    public IDisposable As(Guid person, string? session, params string[] permissions) =>
        Get<Acting>()
            .As(
                new Actor(ActorKind.Person, person.ToString(), "ada")
                {
                    Permissions = permissions.Append(OwnAccount).ToFrozenSet(),
                    SessionId = session,
                }
            );

    /// <summary>Makes a person.</summary>
    public async Task<NewPassword> HireAsync(string name, params string[] roles)
    {
        using var scope = AsAdmin();
        return await Get<Identity.Users.People>().CreateAsync(name, new PersonRequest { Roles = [.. roles] }, null, Ct);
    }

    /// <summary>Signs somebody in.</summary>
    /// <returns>Id of the session.</returns>
    public async Task<Guid> EnterAsync(NewPassword somebody, string agent)
    {
        var before = await SessionsAsync(somebody.Person.Id);
        await Get<Identity.Entrance.SignIn>()
            .WithPasswordAsync(somebody.Person.Name, somebody.Password, new Caller("192.0.2.9", agent), Ct);
        return (await SessionsAsync(somebody.Person.Id)).Select(s => s.Id).Except(before.Select(s => s.Id)).Single();
    }

    /// <summary>Open sessions of somebody.</summary>
    public async Task<IReadOnlyList<SessionView>> SessionsAsync(Guid person)
    {
        using var scope = AsAdmin();
        return await Get<Sessions>().ListAsync(person, Ct);
    }

    /// <summary>The code that an app shows for a secret (RFC 6238).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The RFC asks for it, and so do the apps.")]
    public static string CodeOf(string secret, DateTimeOffset at)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(
            secret
                .Where(char.IsAsciiLetterOrDigit)
                .Select(c => Convert.ToString(Letters.IndexOf(char.ToUpperInvariant(c)), 2).PadLeft(5, '0'))
        );
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(at.ToUnixTimeSeconds() / 30));
        var hash = HMACSHA1.HashData(key, step);
        var offset = hash[^1] & 15;
        var number = ((hash[offset] & 127) << 24) | (hash[offset + 1] << 16) | (hash[offset + 2] << 8) | hash[offset + 3];
        return $"{number % 1_000_000:D6}";
    }

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await ((IHostedService)Get<NotifyListener>()).StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }

    private void Lend(IServiceCollection page)
    {
        page.AddSingleton<TimeProvider>(Clock);
        page.AddSingleton(Get<IAccess>());
        page.AddSingleton(Get<Identity.Users.People>());
        page.AddSingleton(Get<Roles>());
        page.AddSingleton(Get<ApiKeys>());
        page.AddSingleton(Get<Sessions>());
        page.AddSingleton(Get<Account>());
        page.AddSingleton(Get<PeopleOptions>());
    }

    /// <summary>Writes nothing down.</summary>
    private sealed class Silence : IAuditTrail
    {
        public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct) => ValueTask.FromResult(1L);

        public void Post(AuditNote note) { }
    }
}

/// <summary>Ticks in dialogs.</summary>
internal static class Choices
{
    /// <summary>Ticks the choice whose words hold something.</summary>
    public static Task ChooseAsync(this IRenderedComponent<MudDialogProvider> dialogs, string words) =>
        dialogs.InvokeAsync(() =>
            dialogs.FindAll("fieldset label").Single(l => l.TextContent.Contains(words)).QuerySelector("input")!.Change(true)
        );
}
