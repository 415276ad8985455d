using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.People;

/// <summary>People, for administrators and for programs that keep them in step.</summary>
internal static class UsersApi
{
    /// <summary>A new person.</summary>
    /// <param name="Name">With which they sign in.</param>
    /// <param name="Password">The first password; null: a random one, which is in the answer.</param>
    /// <param name="Person">What they are to be.</param>
    internal sealed record NewUserRequest(string? Name, string? Password, PersonRequest? Person);

    /// <summary>What a person is to be.</summary>
    /// <param name="Person">All of it.</param>
    /// <param name="Version">As it was seen.</param>
    internal sealed record ChangeUserRequest(PersonRequest? Person, long Version);

    /// <summary>A page of people.</summary>
    /// <param name="Items">By name.</param>
    /// <param name="Next">Value of <c>after</c> for the next page; null when there is none.</param>
    internal sealed record UserPageView(IReadOnlyList<PersonView> Items, string? Next);

    public static RouteGroupBuilder MapUsers(this RouteGroupBuilder routes)
    {
        var users = routes.MapGroup("/users").WithTags("People");
        users.MapGet("", ListAsync).Needs(Permissions.UsersRead);
        users.MapGet("/{id:guid}", FindAsync).Needs(Permissions.UsersRead);
        users.MapPost("", CreateAsync).Needs(Permissions.UsersManage);
        users.MapPut("/{id:guid}", ChangeAsync).Needs(Permissions.UsersManage);
        users
            .MapPost(
                "/{id:guid}/disable",
                (Guid id, Identity.Users.People people, CancellationToken ct) => people.DisableAsync(id, true, ct)
            )
            .WithSummary("Locks a person out, with all sessions.")
            .Needs(Permissions.UsersManage);
        users
            .MapPost(
                "/{id:guid}/enable",
                (Guid id, Identity.Users.People people, CancellationToken ct) => people.DisableAsync(id, false, ct)
            )
            .WithSummary("Lets a person in again.")
            .Needs(Permissions.UsersManage);
        users
            .MapPost("/{id:guid}/unlock", (Guid id, Identity.Users.People people, CancellationToken ct) => people.UnlockAsync(id, ct))
            .WithSummary("Ends the lock for wrong passwords.")
            .Needs(Permissions.UsersManage);
        users
            .MapPost(
                "/{id:guid}/password",
                (Guid id, Identity.Users.People people, CancellationToken ct) => people.ResetPasswordAsync(id, ct)
            )
            .WithSummary("Gives a person a random password, which is in the answer and must be changed at the next sign-in.")
            .Needs(Permissions.UsersManage);
        users
            .MapDelete(
                "/{id:guid}/second-factor",
                (Guid id, Identity.Users.People people, CancellationToken ct) => people.RemoveSecondFactorAsync(id, ct)
            )
            .WithSummary("Takes the second factor of somebody who has lost it.")
            .Needs(Permissions.UsersManage);
        users.MapDelete("/{id:guid}/sessions", EndSessionsAsync).Needs(Permissions.SessionsEnd);
        users.MapDelete("/{id:guid}", DeleteAsync).Needs(Permissions.UsersManage);
        return routes;
    }

    /// <summary>People by name, those that the caller sees.</summary>
    private static async Task<Ok<UserPageView>> ListAsync(
        string? text,
        string? role,
        string? team,
        string? after,
        int? take,
        Identity.Users.People people,
        CancellationToken ct
    )
    {
        var size = Math.Clamp(take ?? 50, 1, 200);
        var rows = await people.ListAsync(new PeopleFilter(text, role, team, after, size + 1), ct);
        return TypedResults.Ok(
            rows.Count > size ? new UserPageView([.. rows.Take(size)], rows[size - 1].Name) : new UserPageView(rows, null)
        );
    }

    /// <summary>A person.</summary>
    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> FindAsync(
        Guid id,
        Identity.Users.People people,
        CancellationToken ct
    ) =>
        await people.FindAsync(id, ct) is { } person
            ? TypedResults.Ok(person)
            : Problems.NotFound("person.unknown", $"There is no person '{id}'. The ids stand in GET /api/people/users.");

    /// <summary>Makes a person, with a password that must be changed at the first sign-in.</summary>
    private static async Task<Created<NewPassword>> CreateAsync(NewUserRequest request, Identity.Users.People people, CancellationToken ct)
    {
        var made = await people.CreateAsync(request.Name ?? "", request.Person ?? new(), request.Password, ct);
        return TypedResults.Created($"/api/people/users/{made.Person.Id}", made);
    }

    /// <summary>Changes what is told of a person, with roles, teams and regions.</summary>
    private static async Task<Ok<PersonView>> ChangeAsync(
        Guid id,
        ChangeUserRequest request,
        Identity.Users.People people,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            await people.ChangeAsync(
                id,
                request.Person
                    ?? throw new RequestException(
                        "person.missing",
                        "The body has no 'person'. It says all of what the person is to be, as in GET /api/people/users/{id}."
                    ),
                request.Version,
                ct
            )
        );

    /// <summary>Ends all sessions of a person.</summary>
    private static async Task<NoContent> EndSessionsAsync(Guid id, Sessions sessions, CancellationToken ct)
    {
        await sessions.EndAllAsync(id, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Removes a person with all sessions.</summary>
    private static async Task<NoContent> DeleteAsync(Guid id, Identity.Users.People people, CancellationToken ct)
    {
        await people.DeleteAsync(id, ct);
        return TypedResults.NoContent();
    }
}
