using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Customers: who they are, how they are known, which of them are the same.</summary>
internal static class CustomersApi
{
    /// <summary>A new customer.</summary>
    /// <param name="Customer">What it is to be.</param>
    /// <param name="Identities">How it is known.</param>
    internal sealed record NewRequest(CustomerRequest? Customer, IReadOnlyList<IdentityRequest>? Identities);

    /// <summary>What a customer is to be.</summary>
    /// <param name="Customer">All of it.</param>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    internal sealed record ChangeRequest(CustomerRequest? Customer, long ExpectedRev);

    /// <summary>A consent.</summary>
    /// <param name="IsGiven">False: taken back.</param>
    /// <param name="Source">From where it is known.</param>
    internal sealed record ConsentRequest(bool IsGiven, string? Source);

    /// <summary>A merge.</summary>
    /// <param name="LoserId">Who points to the winner from now on.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record MergeRequest(string? LoserId, string? Reason);

    /// <summary>A reason.</summary>
    /// <param name="Reason">Why.</param>
    internal sealed record ReasonRequest(string? Reason);

    /// <summary>Identities to look for.</summary>
    /// <param name="Identities">They.</param>
    internal sealed record ResolveRequest(IReadOnlyList<IdentityRequest>? Identities);

    /// <summary>Whom identities tell.</summary>
    internal sealed record ResolutionView(string Kind, string? CustomerId, IReadOnlyList<string> Candidates, bool IsVerified);

    /// <summary>An identity.</summary>
    internal sealed record IdentityView(string Kind, string Value, bool IsVerified, string? Zone, string CustomerId);

    /// <summary>A customer.</summary>
    internal sealed record View(
        string Id,
        long Rev,
        string State,
        string GoesOnAs,
        string? Name,
        string? Zone,
        string? Jurisdiction,
        string? Locale,
        int ValueTier,
        string? JourneyStage,
        PreferencesText Preferences,
        bool DoNotContact,
        DateTimeOffset? SuppressedUntil,
        IReadOnlyList<IdentityView> Identities,
        IReadOnlyList<Consent> Consents,
        IReadOnlyList<string> Absorbed,
        DateTimeOffset CreatedAt,
        DateTimeOffset ChangedAt
    )
    {
        public static View Of(Customer c) =>
            new(
                c.Id,
                c.Rev,
                Words.Of(c.State),
                c.RootId,
                c.Profile.Name,
                c.Profile.Zone,
                c.Profile.Jurisdiction,
                c.Profile.Locale,
                c.Profile.ValueTier,
                c.Profile.JourneyStage,
                PreferencesText.Of(c.Profile.Preferences),
                c.Profile.DoNotContact,
                c.SuppressedUntil,
                [.. c.Identities.Select(i => new IdentityView(Words.Of(i.Kind), i.Value, i.IsVerified, i.Zone, i.CustomerId))],
                c.Consents,
                c.Absorbed,
                c.CreatedAt,
                c.ChangedAt
            );
    }

    /// <summary>A line of the history.</summary>
    internal sealed record EventView(long Seq, string CustomerId, DateTimeOffset At, string Actor, string Action, JsonElement Facts);

    public static IEndpointRouteBuilder MapCustomers(this IEndpointRouteBuilder routes)
    {
        var customers = routes.MapGroup("/customers").WithTags("Customers");
        customers.MapGet("", ListAsync).Needs(Permissions.CustomersRead);
        customers.MapPost("", CreateAsync).Needs(Permissions.CustomersWrite);
        customers.MapPost("/resolve", ResolveAsync).Needs(Permissions.CustomersRead);
        customers.MapPost("/merges/{mergeId}/undo", UndoAsync).Needs(Permissions.CustomersWrite);
        customers.MapGet("/{id}", GetAsync).Needs(Permissions.CustomersRead);
        customers.MapPut("/{id}", ChangeAsync).Needs(Permissions.CustomersWrite);
        customers.MapGet("/{id}/history", HistoryAsync).Needs(Permissions.CustomersRead);
        customers.MapGet("/{id}/merges", MergesAsync).Needs(Permissions.CustomersRead);
        customers.MapPost("/{id}/merges", MergeAsync).Needs(Permissions.CustomersWrite);
        customers.MapPost("/{id}/identities", AddIdentityAsync).Needs(Permissions.CustomersWrite);
        customers.MapPost("/{id}/identities/remove", RemoveIdentityAsync).Needs(Permissions.CustomersWrite);
        customers.MapPut("/{id}/consents/{purpose}", ConsentAsync).Needs(Permissions.CustomersWrite);
        customers.MapPost("/{id}/erase", EraseAsync).Needs(Permissions.CustomersWrite);
        return routes;
    }

    /// <summary>Customers that go on, the newest first.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(string? name, string? after, int? take, CustomerDesk desk, CancellationToken ct)
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(name, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, c => (c.CreatedAt, c.Id)));
    }

    /// <summary>Makes a customer.</summary>
    private static async Task<Created<View>> CreateAsync(NewRequest? request, CustomerDesk desk, CancellationToken ct)
    {
        var made = await desk.CreateAsync(request?.Customer ?? new(), request?.Identities, ct);
        return TypedResults.Created($"/api/customers/{made.Id}", View.Of(made));
    }

    /// <summary>Whom identities tell: one customer, none, or several that must be asked about. Changes nothing.</summary>
    private static async Task<Ok<ResolutionView>> ResolveAsync(ResolveRequest? request, CustomerDesk desk, CancellationToken ct)
    {
        var found = await desk.ResolveAsync(request?.Identities, ct);
        return TypedResults.Ok(new ResolutionView(Words.Of(found.Kind), found.CustomerId, found.Candidates, found.IsVerified));
    }

    /// <summary>A customer; a merged one names the one that goes on.</summary>
    private static async Task<Ok<View>> GetAsync(string id, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Changes a customer as it was seen.</summary>
    private static async Task<Ok<View>> ChangeAsync(string id, ChangeRequest? request, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ChangeAsync(id, request?.ExpectedRev ?? 0, request?.Customer ?? new(), ct)));

    /// <summary>The history of a customer, the oldest first.</summary>
    private static async Task<Ok<ListView<EventView>>> HistoryAsync(
        string id,
        long? after,
        int? take,
        CustomerDesk desk,
        CancellationToken ct
    )
    {
        var events = await desk.HistoryAsync(id, after ?? 0, DeskPages.Take(take), ct);
        return TypedResults.Ok(
            new ListView<EventView>(
                [.. events.Select(e => new EventView(e.Seq, e.CustomerId, e.At, e.Actor, e.Action, JsonElement.Parse(e.Facts)))],
                events.Count
            )
        );
    }

    /// <summary>Merges in which a customer won or lost.</summary>
    private static async Task<Ok<ListView<CustomerMerge>>> MergesAsync(string id, CustomerDesk desk, CancellationToken ct)
    {
        var merges = await desk.MergesAsync(id, ct);
        return TypedResults.Ok(new ListView<CustomerMerge>(merges, merges.Count));
    }

    /// <summary>Says that another customer is the same; it points to this one from now on, and nothing of it is lost.</summary>
    private static async Task<Ok<CustomerMerge>> MergeAsync(string id, MergeRequest? request, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.MergeAsync(id, request?.LoserId, request?.Reason, ct));

    /// <summary>Takes a merge back.</summary>
    private static async Task<Ok<CustomerMerge>> UndoAsync(string mergeId, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.UndoMergeAsync(mergeId, ct));

    /// <summary>Adds an identity, or says that it is proven.</summary>
    private static async Task<Ok<View>> AddIdentityAsync(string id, IdentityRequest? request, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.AddIdentityAsync(id, request ?? new(null, null), ct)));

    /// <summary>Takes an identity away.</summary>
    private static async Task<Ok<View>> RemoveIdentityAsync(string id, IdentityRequest? request, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.RemoveIdentityAsync(id, request ?? new(null, null), ct)));

    /// <summary>Writes down what a customer has agreed to, or taken back.</summary>
    private static async Task<Ok<View>> ConsentAsync(
        string id,
        string purpose,
        ConsentRequest? request,
        CustomerDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.SetConsentAsync(id, purpose, request?.IsGiven ?? false, request?.Source, ct)));

    /// <summary>Removes for good what is personal of a customer, also in contacts and closed cases.</summary>
    private static async Task<Ok<View>> EraseAsync(string id, ReasonRequest? request, CustomerDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.EraseAsync(id, request?.Reason, ct)));
}
