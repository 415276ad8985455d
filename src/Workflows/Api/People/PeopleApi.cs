using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.People;

/// <summary>Roles, API keys, sessions, and who one is oneself.</summary>
internal static class PeopleApi
{
    /// <summary>A new role.</summary>
    internal sealed record NewRoleRequest(string? Name, string? Title, ImmutableArray<string> Permissions);

    /// <summary>What a role is to be.</summary>
    internal sealed record ChangeRoleRequest(string? Title, ImmutableArray<string> Permissions, long Version);

    /// <summary>A new key.</summary>
    internal sealed record NewKeyRequest(string? Name, ImmutableArray<string> Scopes, DateTimeOffset? ExpiresAt);

    /// <summary>Who asks, and what is allowed to them.</summary>
    internal sealed record MeView(
        string Kind,
        string Id,
        string Name,
        ImmutableArray<string> Roles,
        ImmutableArray<string> Permissions,
        ImmutableArray<string>? Teams,
        ImmutableArray<string>? Regions
    );

    public static RouteGroupBuilder MapPeople(this RouteGroupBuilder routes)
    {
        var people = routes.MapGroup("/people").WithTags("People");
        people.MapUsers();
        people.MapGet("/me", Me).NeedsIdentity();
        people
            .MapGet("/permissions", () => TypedResults.Ok(Permissions.All))
            .WithSummary("The names of all permissions.")
            .Needs(Permissions.RolesRead);
        people
            .MapGet("/roles", (Roles roles, CancellationToken ct) => roles.ListAsync(ct))
            .WithSummary("All roles, those of the product first.")
            .Needs(Permissions.RolesRead);
        people.MapPost("/roles", CreateRoleAsync).Needs(Permissions.RolesManage);
        people.MapPut("/roles/{name}", ChangeRoleAsync).Needs(Permissions.RolesManage);
        people.MapDelete("/roles/{name}", DeleteRoleAsync).Needs(Permissions.RolesManage);
        people
            .MapGet("/keys", (ApiKeys keys, CancellationToken ct) => keys.ListAsync(ct))
            .WithSummary("All API keys, newest first; never their secrets.")
            .Needs(Permissions.KeysRead);
        people.MapPost("/keys", CreateKeyAsync).Needs(Permissions.KeysManage);
        people
            .MapDelete("/keys/{id}", (string id, ApiKeys keys, CancellationToken ct) => keys.RevokeAsync(id, ct))
            .WithSummary("Takes an API key out of use, at once and for good.")
            .Needs(Permissions.KeysManage);
        people
            .MapGet("/sessions", (Guid? person, Sessions sessions, CancellationToken ct) => sessions.ListAsync(person, ct))
            .WithSummary("Sessions that are open, last used first.")
            .NeedsIdentity();
        people.MapDelete("/sessions/{id:guid}", EndSessionAsync).NeedsIdentity();
        return routes;
    }

    /// <summary>Who asks, and what is allowed to them.</summary>
    private static Ok<MeView> Me(Acting acting)
    {
        var actor = acting.Actor;
        return TypedResults.Ok(
            new MeView(
                actor.Kind.ToString(),
                actor.Id,
                actor.Name,
                actor.Roles,
                [.. Permissions.All.Where(actor.May)],
                actor.Teams,
                actor.Regions
            )
        );
    }

    /// <summary>Makes a role.</summary>
    private static async Task<Created<RoleView>> CreateRoleAsync(NewRoleRequest request, Roles roles, CancellationToken ct)
    {
        var made = await roles.CreateAsync(request.Name ?? "", new RoleRequest(request.Title, request.Permissions), ct);
        return TypedResults.Created($"/api/people/roles/{made.Name}", made);
    }

    /// <summary>Changes a role; all who have it may do the new at once.</summary>
    private static async Task<Ok<RoleView>> ChangeRoleAsync(string name, ChangeRoleRequest request, Roles roles, CancellationToken ct) =>
        TypedResults.Ok(await roles.ChangeAsync(name, new RoleRequest(request.Title, request.Permissions), request.Version, ct));

    /// <summary>Removes a role that nobody has.</summary>
    private static async Task<NoContent> DeleteRoleAsync(string name, Roles roles, CancellationToken ct)
    {
        await roles.DeleteAsync(name, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Makes an API key. Its text is in this answer and nowhere else.</summary>
    private static async Task<Created<NewApiKey>> CreateKeyAsync(NewKeyRequest request, ApiKeys keys, CancellationToken ct)
    {
        var made = await keys.CreateAsync(new ApiKeyRequest(request.Name ?? "", request.Scopes, request.ExpiresAt), ct);
        return TypedResults.Created($"/api/people/keys/{made.Key.Id}", made);
    }

    /// <summary>Ends a session: one's own, or with the permission somebody else's.</summary>
    private static async Task<NoContent> EndSessionAsync(Guid id, Sessions sessions, CancellationToken ct)
    {
        await sessions.EndAsync(id, ct);
        return TypedResults.NoContent();
    }
}
