using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Rights;

/// <summary>Roles: those of the product, and those that a company makes.</summary>
public sealed partial class Roles
{
    private const int MaxTitle = 100;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly RoleStore store;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly TimeProvider clock;
    private volatile Known? known;

    internal Roles(RoleStore store, IAccess access, RightsNews news, TimeProvider clock)
    {
        (this.store, this.access, this.news, this.clock) = (store, access, news, clock);
        news.Subscribe(change =>
        {
            if (change.Kind is RightsKind.Role or RightsKind.All)
                known = null;
        });
    }

    private sealed record Known(DateTimeOffset At, FrozenDictionary<string, FrozenSet<string>> Allowed);

    /// <summary>All roles, those of the product first.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.RolesRead"/>.</exception>
    public async Task<IReadOnlyList<RoleView>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.RolesRead);
        return await AllAsync(ct);
    }

    /// <summary>A role; null for none.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.RolesRead"/>.</exception>
    public async Task<RoleView?> FindAsync(string name, CancellationToken ct) => (await ListAsync(ct)).FirstOrDefault(r => r.Name == name);

    /// <summary>Makes a role.</summary>
    /// <param name="name">Lower-case letters, digits and hyphens; 2 to 50.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.RolesManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">The name is taken or odd, or the role would allow more than the actor may.</exception>
    public async Task<RoleView> CreateAsync(string name, RoleRequest request, CancellationToken ct)
    {
        name = name.Trim();
        await access.DemandAsync(new Deed(Permissions.RolesManage, "role.create", name), ct);
        var wanted = Checked(request);

        if (!NamePattern().IsMatch(name))
            throw IdentityRefusedException.Invalid(
                "role.name",
                $"'{name}' cannot be the name of a role. Use lower-case letters, digits and hyphens, 2 to 50 of them, beginning with a letter."
            );

        return await access.ActAsync(
            new Deed(Permissions.RolesManage, "role.create", name) { Wanted = Told(wanted) },
            async () =>
            {
                DemandOwn(wanted.Permissions, "role.too-much");

                if (BuiltInRoles.Find(name) is not null || !await store.InsertAsync(name, wanted, clock.GetUtcNow(), ct))
                    throw IdentityRefusedException.Conflict("role.name-taken", $"There is a role '{name}' already. Choose another name.");

                await news.TellAsync(new(RightsKind.Role, name), ct);
                return await GetAsync(name, ct);
            },
            view => Told(new(view.Title, view.Permissions)),
            ct
        );
    }

    /// <summary>Changes a role; all who have it may do the new at once.</summary>
    /// <param name="name">Which.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="version">As it was seen.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.RolesManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">It is one of the product, is unknown, was changed meanwhile, or would allow more than the actor may.</exception>
    public async Task<RoleView> ChangeAsync(string name, RoleRequest request, long version, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.RolesManage, "role.change", name), ct);
        var wanted = Checked(request);
        var before = await OwnAsync(name, ct);

        return await access.ActAsync(
            new Deed(Permissions.RolesManage, "role.change", name)
            {
                Before = Told(new(before.Title, before.Permissions)),
                Wanted = Told(wanted),
            },
            async () =>
            {
                // Taking away what one has not got oneself would also be a change of somebody mightier.
                DemandOwn(wanted.Permissions.Union(before.Permissions), "role.too-much");

                if (!await store.UpdateAsync(name, wanted, version, clock.GetUtcNow(), ct))
                    throw IdentityRefusedException.Conflict(
                        "role.changed",
                        $"The role '{name}' was changed by somebody else meanwhile. Look at it again."
                    );

                await news.TellAsync(new(RightsKind.Role, name), ct);
                return await GetAsync(name, ct);
            },
            view => Told(new(view.Title, view.Permissions)),
            ct
        );
    }

    /// <summary>Removes a role that nobody has.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.RolesManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">It is one of the product, is unknown, or somebody has it.</exception>
    public async Task DeleteAsync(string name, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.RolesManage, "role.delete", name), ct);
        var before = await OwnAsync(name, ct);

        await access.ActAsync(
            new Deed(Permissions.RolesManage, "role.delete", name) { Before = Told(new(before.Title, before.Permissions)) },
            async () =>
            {
                DemandOwn(before.Permissions, "role.too-much");

                if (!await store.DeleteAsync(name, ct))
                    throw IdentityRefusedException.Conflict(
                        "role.in-use",
                        $"Somebody has the role '{name}'. Take it away from all who have it first."
                    );

                await news.TellAsync(new(RightsKind.Role, name), ct);
                return true;
            },
            null,
            ct
        );
    }

    /// <summary>What some roles allow together; roles that are no more allow nothing.</summary>
    internal async ValueTask<FrozenSet<string>> AllowedAsync(ImmutableArray<string> names, CancellationToken ct)
    {
        if (names.Length == 1 && BuiltInRoles.Find(names[0]) is { } single)
            return single;

        var allowed = new HashSet<string>(StringComparer.Ordinal);

        foreach (var name in names)
            if ((BuiltInRoles.Find(name) ?? (await KnownAsync(ct)).Allowed.GetValueOrDefault(name)) is { } some)
                allowed.UnionWith(some);

        return allowed.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Those of some names that no role has.</summary>
    internal async Task<IReadOnlyList<string>> UnknownAsync(IEnumerable<string> names, CancellationToken ct)
    {
        var own = (await store.ListAsync(ct)).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        return [.. names.Where(name => BuiltInRoles.Find(name) is null && !own.Contains(name))];
    }

    /// <summary>Permissions without repetition, in the order in which pages show them; what this version does not know is left out.</summary>
    internal static ImmutableArray<string> Ordered(IEnumerable<string> permissions)
    {
        var some = permissions.ToHashSet(StringComparer.Ordinal);
        return [.. Permissions.All.Where(some.Contains)];
    }

    private async ValueTask<Known> KnownAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (known is { } fresh && now - fresh.At < Fresh)
            return fresh;

        var generation = news.Generation;
        var read = new Known(
            now,
            (await store.ListAsync(ct)).ToFrozenDictionary(
                r => r.Name,
                r => r.Permissions.ToFrozenSet(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
        );

        // What was read before a change became known may be older than it.
        if (generation == news.Generation)
            known = read;

        return read;
    }

    private async Task<IReadOnlyList<RoleView>> AllAsync(CancellationToken ct) =>
        [
            .. BuiltInRoles.All.Select(r => new RoleView(r.Key, null, Ordered(r.Value), IsBuiltIn: true, 0, null)),
            .. await store.ListAsync(ct),
        ];

    private async Task<RoleView> GetAsync(string name, CancellationToken ct) =>
        (await store.ListAsync(ct)).FirstOrDefault(r => r.Name == name)
        ?? throw IdentityRefusedException.Unknown("role.unknown", $"There is no role '{name}'.");

    private async Task<RoleView> OwnAsync(string name, CancellationToken ct) =>
        BuiltInRoles.Find(name) is null
            ? await GetAsync(name, ct)
            : throw IdentityRefusedException.Conflict(
                "role.built-in",
                $"'{name}' is a role of the product and stays as it is. Make a role of your own beside it."
            );

    private void DemandOwn(IEnumerable<string> permissions, string code)
    {
        if (permissions.FirstOrDefault(p => !access.Actor.May(p)) is { } beyond)
            throw IdentityRefusedException.Forbidden(
                code,
                $"The role has '{beyond}', which you have not got yourself. Nobody can give or take away more than they have."
            );
    }

    private static RoleRequest Checked(RoleRequest request)
    {
        var permissions = request.Permissions.IsDefault ? [] : request.Permissions;

        if (permissions.FirstOrDefault(p => !Permissions.All.Contains(p, StringComparer.Ordinal)) is { } odd)
            throw IdentityRefusedException.Invalid(
                "role.permission",
                $"There is no permission '{odd}'. There are: {string.Join(", ", Permissions.All)}."
            );

        var title = string.IsNullOrWhiteSpace(request.Title) ? null : request.Title.Trim();

        if (title is { Length: > MaxTitle } || title?.Any(char.IsControl) == true)
            throw IdentityRefusedException.Invalid("role.title", $"The title of a role has {MaxTitle} characters at most, in one line.");

        return new RoleRequest(title, Ordered(permissions));
    }

    private static ImmutableSortedDictionary<string, string?> Told(RoleRequest role) =>
        Facts.Of(("title", role.Title), ("permissions", string.Join(' ', role.Permissions)));

    [GeneratedRegex(@"^[a-z][a-z0-9-]{1,49}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
